/** YAML as the core may ask for it: one text in, all its documents out. The reader itself is an adapter. */

/**
 * Reads all documents of one text by YAML 1.2 rules (`0000:18:00.0` and `no` stay strings).
 * Throws an Error with one line when the text is not YAML.
 */
export type ReadYaml = (text: string) => readonly unknown[];

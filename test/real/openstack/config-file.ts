/** The INI files of OpenStack's programs. */

export type ConfigSections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export const configFile = (sections: ConfigSections): string =>
  Object.entries(sections)
    .map(([name, values]) =>
      [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)].join('\n'),
    )
    .join('\n\n');

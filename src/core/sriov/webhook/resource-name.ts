/** Names that a policy may give to its resource (pkg/webhook/validate.go, validateResourceName). */

const LONGEST = 63;
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;

/** What the webhook has against the name, or undefined. */
export const resourceNameProblem = (name: string): string | undefined => {
  if (name === '') return 'resource name must not be empty';
  if (name.length > LONGEST) return `resource name ${JSON.stringify(name)} must be no more than ${LONGEST} characters`;
  if (!NAME.test(name))
    return `resource name ${JSON.stringify(name)} is invalid: must consist of alphanumeric characters or hyphens, and must start and end with an alphanumeric character`;
  return undefined;
};

/** The file that a person hands to kubectl to reach the twin. JSON, which is YAML too. */

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM of the server's own certificate. */
  readonly certificate: string;
  readonly token: string;
}

export const kubeconfigText = ({ server, certificate, token }: KubeconfigOptions): string => {
  const name = 'nicwright-twin';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
};

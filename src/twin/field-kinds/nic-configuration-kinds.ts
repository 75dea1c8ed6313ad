/** Kinds of the NIC configuration operator (configuration.net.nvidia.com): adapters as objects, and what they shall be. */
import type { FieldKind } from './field-kind.ts';
import { condition, fields, flag, integer, listOf, mapOf, matching, oneOf, orElse, text } from './schema-words.ts';

const CONFIGURATION = { group: 'configuration.net.nvidia.com', version: 'v1alpha1', scope: 'Namespaced' } as const;

const NIC_SELECTOR = fields({ nicType: text, pciAddresses: listOf(text), serialNumbers: listOf(text) }, ['nicType']);

const TEMPLATE = fields(
  {
    numVfs: integer,
    linkType: oneOf('Ethernet', 'Infiniband'),
    gpuDirectOptimized: fields({ enabled: flag, env: text }, ['enabled', 'env']),
    pciPerformanceOptimized: fields(
      { enabled: flag, maxAccOutRead: integer, maxReadRequest: oneOf(128, 256, 512, 1024, 2048, 4096) },
      ['enabled'],
    ),
    roceOptimized: fields(
      { enabled: flag, qos: fields({ pfc: matching('^([01],){7}[01]$'), trust: text }, ['pfc', 'trust']) },
      ['enabled'],
    ),
  },
  ['linkType', 'numVfs'],
);

const FIRMWARE = fields({ nicFirmwareSourceRef: text, updatePolicy: oneOf('Validate', 'Update') }, [
  'nicFirmwareSourceRef',
  'updatePolicy',
]);

const NIC_DEVICES = fields({ nicDevices: listOf(text) });

const CONFIGURATION_TEMPLATE: FieldKind = {
  ...CONFIGURATION,
  plural: 'nicconfigurationtemplates',
  kind: 'NicConfigurationTemplate',
  spec: fields(
    {
      nicSelector: NIC_SELECTOR,
      nodeSelector: mapOf(text),
      resetToDefault: orElse(flag, false),
      template: TEMPLATE,
    },
    ['nicSelector', 'template'],
  ),
  status: NIC_DEVICES,
};

const FIRMWARE_TEMPLATE: FieldKind = {
  ...CONFIGURATION,
  plural: 'nicfirmwaretemplates',
  kind: 'NicFirmwareTemplate',
  spec: fields({ nicSelector: NIC_SELECTOR, nodeSelector: mapOf(text), template: FIRMWARE }, [
    'nicSelector',
    'template',
  ]),
  status: NIC_DEVICES,
};

const FIRMWARE_SOURCE: FieldKind = {
  ...CONFIGURATION,
  plural: 'nicfirmwaresources',
  kind: 'NicFirmwareSource',
  spec: fields({ bfbUrlSource: text, binUrlSources: { ...listOf(text), minItems: 1 } }),
  status: fields(
    {
      state: oneOf(
        'Downloading',
        'Processing',
        'Success',
        'ProcessingFailed',
        'DownloadFailed',
        'CacheVerificationFailed',
      ),
      reason: text,
      bfbVersions: mapOf(text),
      binaryVersions: mapOf(listOf(text)),
    },
    ['state'],
  ),
};

const NIC_DEVICE: FieldKind = {
  ...CONFIGURATION,
  plural: 'nicdevices',
  kind: 'NicDevice',
  spec: fields({
    configuration: fields({ resetToDefault: flag, template: TEMPLATE }),
    firmware: FIRMWARE,
  }),
  status: fields(
    {
      node: text,
      type: text,
      partNumber: text,
      psid: text,
      serialNumber: text,
      firmwareVersion: text,
      ports: listOf(fields({ pci: text, networkInterface: text, rdmaInterface: text }, ['pci'])),
      conditions: listOf(condition),
    },
    ['firmwareVersion', 'node', 'partNumber', 'ports', 'psid', 'serialNumber', 'type'],
  ),
};

export const NIC_CONFIGURATION_KINDS: readonly FieldKind[] = [
  CONFIGURATION_TEMPLATE,
  FIRMWARE_TEMPLATE,
  FIRMWARE_SOURCE,
  NIC_DEVICE,
];

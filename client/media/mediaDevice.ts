import { Device, detectDevice, type types } from 'mediasoup-client';

/**
 * The browser's WebRTC as mediasoup sees it. The build leaves out the handlers of browsers that cannot run the
 * element anyway; an unknown Chromium gets the current one. Throws where WebRTC is not usable.
 */
export async function loadDevice(routerRtpCapabilities: types.RtpCapabilities): Promise<Device> {
  const detected = detectDevice();
  const handlerName = detected === 'Firefox120' || detected === 'Safari12' ? detected : 'Chrome111';
  const device = new Device({ handlerName });
  await device.load({ routerRtpCapabilities });
  return device;
}

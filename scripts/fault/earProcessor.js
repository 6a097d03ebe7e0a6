// @ts-nocheck The names of the audio thread are not in TypeScript's library.
// The visitor's ear, in the page's audio thread: tells when sound begins and ends, on the clock of the audio context.
/** −46 dBFS, in blocks of 2.7 ms; a pause of this length ends a sound. */
const AUDIBLE = 0.005;
const PAUSE_S = 0.2;

class Ear extends AudioWorkletProcessor {
  loudS = 0;
  sounding = false;

  process([channels]) {
    const samples = channels?.[0];
    let energy = 0;
    for (const sample of samples ?? []) energy += sample * sample;
    if (samples && Math.sqrt(energy / samples.length) > AUDIBLE) {
      if (!this.sounding) this.port.postMessage({ sounding: true, atS: currentTime });
      this.sounding = true;
      this.loudS = currentTime;
    } else if (this.sounding && currentTime - this.loudS >= PAUSE_S) {
      this.sounding = false;
      this.port.postMessage({ sounding: false, atS: this.loudS });
    }
    return true;
  }
}

registerProcessor('segue-fault-ear', Ear);

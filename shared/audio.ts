/** Audio constants of both sides. Samples are Float32Array, mono, −1…1. */

/** Sample rate of speech inside the server: what Opus decodes to and every speech engine takes, in Hz. */
export const SPEECH_RATE_HZ = 16_000;

/** RTP clock of Opus, in Hz, whatever the sample rate inside (RFC 7587, section 4.1). */
export const OPUS_CLOCK_HZ = 48_000;

/** One Opus packet, one step of the pacer. */
export const FRAME_MS = 20;

export const FRAME_SAMPLES_16K = (SPEECH_RATE_HZ * FRAME_MS) / 1000;
export const FRAME_TICKS_48K = (OPUS_CLOCK_HZ * FRAME_MS) / 1000;

import { svg } from 'lit';

/** The panel's icon set: shapes on a 24 × 24 grid, strokes of 1.8. */
export const MICROPHONE = svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`;
export const MICROPHONE_OFF = svg`<path d="M15 10.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5c0 .9-.2 1.8-.5 2.6M12 18v3M4 3.5l16 17"/>`;
export const HANG_UP = svg`<path d="M2.5 13.6c0-3.4 4.3-6.1 9.5-6.1s9.5 2.7 9.5 6.1v1.7c0 1-.9 1.8-1.9 1.6l-2.9-.5a1.6 1.6 0 0 1-1.3-1.6v-1.9a12.5 12.5 0 0 0-6.8 0v1.9c0 .8-.6 1.5-1.3 1.6l-2.9.5c-1 .2-1.9-.6-1.9-1.6z"/>`;
export const SEND = svg`<path d="M12 19V5.5M6 11.5l6-6 6 6"/>`;
export const DOWN = svg`<path d="m6 9.5 6 6 6-6"/>`;
export const CLOSE = svg`<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>`;
export const TO_END = svg`<path d="M12 5v13.5M6 12.5l6 6 6-6"/>`;
export const KEYPAD = svg`<path d="M6 5.5h.01M12 5.5h.01M18 5.5h.01M6 12h.01M12 12h.01M18 12h.01M6 18.5h.01M12 18.5h.01M18 18.5h.01" stroke-width="3"/>`;
export const PEN = svg`<path d="m4.5 19.5.9-3.9L16 5a2.1 2.1 0 0 1 3 3L8.4 18.6z"/><path d="m14 7 3 3"/>`;
export const PERSON = svg`<circle cx="12" cy="8" r="3.7"/><path d="M4.8 20c.7-3.7 3.6-5.7 7.2-5.7s6.5 2 7.2 5.7"/>`;
export const CALL_BACK = svg`<path d="M7.2 4.2 9.6 4a1.2 1.2 0 0 1 1.2.8l1 3a1.2 1.2 0 0 1-.4 1.3L9.8 10.4a11 11 0 0 0 4.6 4.6l1.2-1.6a1.2 1.2 0 0 1 1.3-.4l3 1a1.2 1.2 0 0 1 .8 1.2l-.2 2.4a1.9 1.9 0 0 1-2 1.8A14.7 14.7 0 0 1 5.4 6.2a1.9 1.9 0 0 1 1.8-2zM20 4l-5 5M15 5v4h4"/>`;
export const BACKSPACE = svg`<path d="M9 5.5h9.5a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9L3 12zM11.5 9.5l5 5M16.5 9.5l-5 5"/>`;
export const SOUND = svg`<path d="M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"/>`;
export const LOCK = svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`;
export const HAND = svg`<path d="M9.5 12V4.8a1.5 1.5 0 0 1 3 0V11M12.5 11V6.3a1.5 1.5 0 0 1 3 0V12M15.5 12V8.8a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6c-2.6 0-4-1.1-5.2-3.1L5 14.2a1.5 1.5 0 0 1 2.5-1.6l2 2.4V9"/>`;
export const ALERT = svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.8v5M12 16.2h.01"/>`;

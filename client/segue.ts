/** Entry of `/segue.js`: registers the element once, whatever else the page has loaded already. */
import { SegueVoice } from './widget/segueVoice.ts';

if (!customElements.get('segue-voice')) customElements.define('segue-voice', SegueVoice);

export { SegueVoice };

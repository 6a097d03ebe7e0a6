/** The lazily loaded part, put together: the call, its sound, and the panel. */

import { systemClock } from '../shared/clock.ts';
import type { SessionRequest } from '../shared/events.ts';
import { loadUiStrings } from '../shared/strings/ui/load.ts';
import { CallContinuity } from './call/callContinuity.ts';
import { CallFlow } from './call/callFlow.ts';
import { isActive, isSoundless } from './call/callModel.ts';
import { LineNotice } from './call/lineNotice.ts';
import { WakeLock } from './call/wakeLock.ts';
import type { CallStack, StackHost } from './contract.ts';
import type { OpenLanguage } from './hearing/ears.ts';
import { CallSound } from './media/callSound.ts';
import { elapsedText } from './panel/elapsed.ts';
import { Panel } from './panel/panel.ts';
import { browserIds, storeFor } from './session/browserIds.ts';
import { pageNavigation, watchNavigation } from './session/navigation.ts';
import { collectPageView } from './session/pageView.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export async function createCallStack(host: StackHost): Promise<CallStack> {
  const strings = await loadUiStrings(host.language);
  const flow = new CallFlow({
    serverUrl: () => host.serverUrl,
    sessionRequest: () => sessionRequest(host),
    pageEvents: () => host.pageEvents,
    nowMs: () => performance.now(),
  });
  const continuity = new CallContinuity(host, flow);
  const panel = new Panel(host, flow, strings);
  panel.onTake = () => void continuity.take().catch(() => {});
  const sound = new CallSound(host.shadow, {
    onBlocked: (blocked) => flow.setAudioBlocked(blocked),
    onQuality: (quality) => flow.setQuality(quality),
    onLevel: (level, speaking) => panel.showLevel(level, speaking),
    onSpeech: ({ active, confidence }) => {
      flow.heard.device(active, confidence);
      if (active) panel.hintMuted();
    },
    onLanguage: (language, confidence) => flow.heard.deviceLanguage(language, confidence),
    onDead: (dead) => flow.setSilent(dead),
  });
  panel.onHear = () => void sound.resume();
  const stopWatching = watchNavigation(pageNavigation(), () => void flow.page.viewPage().catch(() => {}));
  const lineNotice = new LineNotice(systemClock, {
    show: (what) => panel.showLine(what),
    sound: { play: () => sound.playNotice(), stop: () => sound.stopNotice() },
  });
  const wakeLock = new WakeLock();
  const expectMicrophone = () => flow.microphone?.expectBack(!document.hidden);
  document.addEventListener('visibilitychange', expectMicrophone);
  let ticker: ReturnType<typeof setInterval> | undefined;

  const suppressNoise = () => {
    if (host.hearing().noiseSuppression === 'rnnoise') void denoise(flow);
  };
  const hear = () => {
    void sound.listen(whisperOf(host)).catch(() => flow.heard.deviceLanguage(null, 0));
    suppressNoise();
  };
  flow.on('voice', (voice) => {
    sound.start(voice);
    // In a call that was in writing meanwhile.
    if (flow.model.state === 'live') hear();
  });
  flow.on('voiceless', () => sound.stop());
  flow.on('link', (link) => sound.relink(link));
  flow.on('microphone', (track, capture) => {
    sound.replaceMicrophone(track, capture);
    // Where the one of before was gone before it was heard.
    suppressNoise();
  });
  flow.on('serverSpeech', ({ who, active }) =>
    sound.serverSays(who === 'caller' ? who : 'assistant', active),
  );
  flow.on('transcript', (line) => {
    host.publish('segue-transcript', line);
    // The first words tell what the call speaks, and that its beginning is over.
    if (line.final) sound.fetchNotice(noticeUrl(host, line.language));
  });
  flow.on('speech', (speech) => host.publish('segue-speech', speech));
  flow.on('language', (guess) => host.publish('segue-language', guess));
  flow.on('error', (error) => host.publish('segue-error', error));
  flow.on('model', (after, before) => {
    if (after.state !== before.state) {
      clearInterval(ticker);
      if (isActive(after.state)) ticker = setInterval(() => host.requestUpdate(), SECOND_MS);
      else sound.stop();
      const reason = after.endReason ?? undefined;
      host.publish('segue-state', reason ? { state: after.state, reason } : { state: after.state });
    }
    // A call that waits for the visitor has lost no line.
    if (after.state !== before.state || after.awaitsTap !== before.awaitsTap)
      lineNotice.stateChanged(after.awaitsTap ? 'connecting' : after.state);
    // One that goes on in writing is not back.
    if (isSoundless(after) && !isSoundless(before)) lineNotice.stateChanged('connecting');
    wakeLock.want(isActive(after.state) && after.mode === 'voice');
    if (after.muted !== before.muted) sound.mute(after.muted);
    panel.modelChanged(after, before);
    host.requestUpdate();
    // After everything else: what is loaded for it must not delay the call.
    if (after.state !== 'live' || before.state === 'live') return;
    if (after.mode === 'writing') flow.heard.deviceLanguage(null, 0);
    else hear();
  });

  return {
    get callId() {
      return flow.model.callId;
    },
    get glance() {
      const { speaking } = flow.model;
      return {
        elapsed: elapsedText(flow.model, performance.now()),
        speaking: speaking.assistant || speaking.agent,
      };
    },
    get elsewhere() {
      return continuity.elsewhere;
    },
    find: () => continuity.find(),
    call: () => continuity.call(),
    hangUp: () => continuity.hangUp(),
    mute: (on) => continuity.mute(on),
    sendText: (text) => continuity.sendText(text),
    updateContext: (patch) => flow.page.updateContext(patch),
    interrupted(active) {
      flow.microphone?.interrupted(active);
      if (!active) void sound.resume();
    },
    track: () => void flow.page.track().catch(() => {}),
    render: () => panel.render(),
    focus: () => panel.focus(),
    updated() {
      sound.watchLevel(host.panelOpen);
      continuity.changed();
      panel.updated();
    },
    close() {
      clearInterval(ticker);
      document.removeEventListener('visibilitychange', expectMicrophone);
      stopWatching();
      continuity.close();
      lineNotice.close();
      wakeLock.want(false);
      flow.close();
      sound.stop();
      panel.close();
    },
  };
}

/** Whisper, where the element asks for it; for the page's developer it is told why it does not come. */
function whisperOf(host: StackHost): OpenLanguage | null {
  const { languageModel, languageModelUrl } = host.hearing();
  if (languageModel !== 'whisper') return null;
  return async (events) => {
    const tell = (error: unknown) => {
      // biome-ignore lint/suspicious/noConsole: whoever wrote the attribute looks here
      console.info(`segue-voice: Whisper does not run here; the small language model does. ${error}`);
    };
    try {
      const { openWhisperSpeech } = await import('./hearing/whisper.ts');
      return await openWhisperSpeech(languageModelUrl, {
        ...events,
        onFailed(error) {
          tell(error);
          events.onFailed(error);
        },
      });
    } catch (error) {
      tell(error);
      throw error;
    }
  };
}

/** For the page's developer: the call itself goes on with the browser's own noise suppression. */
async function denoise(flow: CallFlow): Promise<void> {
  try {
    const { Denoiser } = await import('./media/denoiser.ts');
    await flow.microphone?.denoise((microphone) => Denoiser.open(microphone));
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: whoever wrote the attribute looks here
    console.info(
      `segue-voice: RNNoise cannot run on this page; the browser's own noise suppression stays. ${error}`,
    );
  }
}

function noticeUrl({ serverUrl, site }: StackHost, language: string): string {
  return `${serverUrl}/v1/notices/${encodeURIComponent(language)}?site=${encodeURIComponent(site)}`;
}

function sessionRequest(host: StackHost): SessionRequest {
  const nowMs = performance.now();
  return {
    site: host.site,
    lang: host.lang,
    page: collectPageView({ document, location }),
    context: host.context,
    events: host.pageEvents.map(({ name, data, atMs }) => ({
      name,
      data,
      agoMs: Math.min(DAY_MS, Math.round(nowMs - atMs)),
    })),
    ...(host.identity ? { identity: host.identity } : {}),
    ...browserIds(storeFor(host.remember), host.identity),
  };
}

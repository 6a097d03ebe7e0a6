/** A browser that has not refused by then does not. */
const ANSWER_LIMIT_MS = 200;

type PolicyNavigator = { getAutoplayPolicy?: (type: 'mediaelement') => string };

/** Whether sound may begin without a gesture of the visitor on this page. */
export async function soundMayStart(): Promise<boolean> {
  const policy = (navigator as PolicyNavigator).getAutoplayPolicy?.('mediaelement');
  if (policy) return policy === 'allowed';
  const probe = new Audio();
  probe.srcObject = new MediaStream();
  const refused = probe.play().then(
    () => false,
    (error: unknown) => error instanceof DOMException && error.name === 'NotAllowedError',
  );
  const silence = new Promise<boolean>((resolve) => setTimeout(resolve, ANSWER_LIMIT_MS, false));
  const answer = await Promise.race([refused, silence]);
  probe.srcObject = null;
  return !answer;
}

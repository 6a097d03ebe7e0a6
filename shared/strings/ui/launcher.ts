import type { Language } from '../../language.ts';

/** The launcher's few words in every language: they are shown before anything can be loaded. */
export type LauncherKey = 'region' | 'talk' | 'loading' | 'return' | 'unreachable';

export const LAUNCHER_STRINGS: Readonly<Record<Language, Readonly<Record<LauncherKey, string>>>> = {
  en: {
    region: 'Support call',
    talk: 'Talk to support',
    loading: 'One moment…',
    return: 'Back to the call',
    unreachable: 'Not reachable. Try again',
  },
  es: {
    region: 'Llamada de soporte',
    talk: 'Hablar con soporte',
    loading: 'Un momento…',
    return: 'Volver a la llamada',
    unreachable: 'Sin conexión. Reintentar',
  },
  fr: {
    region: 'Appel au support',
    talk: 'Parler au support',
    loading: 'Un instant…',
    return: 'Revenir à l’appel',
    unreachable: 'Injoignable. Réessayer',
  },
  de: {
    region: 'Support-Anruf',
    talk: 'Mit dem Support sprechen',
    loading: 'Einen Moment …',
    return: 'Zurück zum Gespräch',
    unreachable: 'Nicht erreichbar. Erneut versuchen',
  },
  pt: {
    region: 'Chamada de suporte',
    talk: 'Falar com o suporte',
    loading: 'Um momento…',
    return: 'Voltar à chamada',
    unreachable: 'Sem ligação. Tentar de novo',
  },
  ar: {
    region: 'مكالمة الدعم',
    talk: 'تحدّث مع الدعم',
    loading: 'لحظة من فضلك…',
    return: 'العودة إلى المكالمة',
    unreachable: 'تعذّر الاتصال. أعد المحاولة',
  },
};

const DIGIT = /^(\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine)$/;
const TEEN_OR_TENS =
  /^(ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty)$/;
/** What recognisers write for a digit between other digits. */
const SOUNDS_LIKE_DIGIT = /^(to|too|for|ate|won|o)$/;

function isDigits(word: string | undefined): boolean {
  return word !== undefined && (DIGIT.test(word) || TEEN_OR_TENS.test(word));
}

/** How many digits the text ends in; words such as "twenty" count two, "double" doubles the digit after it. */
export function trailingDigits(text: string): number {
  const words = text.split(' ');
  let digits = 0;
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at] ?? '';
    if (DIGIT.test(word)) digits += /^\d/.test(word) ? word.length : 1;
    else if (TEEN_OR_TENS.test(word)) digits += 2;
    else if (digits > 0 && SOUNDS_LIKE_DIGIT.test(word) && isDigits(words[at - 1])) digits += 1;
    else if (digits > 0 && word === 'double') digits += 1;
    else if (digits > 0 && word === 'triple') digits += 2;
    else break;
  }
  return digits;
}

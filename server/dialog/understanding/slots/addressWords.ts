/** Talk before an address. */
export const LEAD_IN =
  /^(?:(?:yes|yeah|okay|ok|well|um|uh|so|sure|please|no|actually)[,\s]+)*(?:(?:my|the|our)\s+)?(?:(?:new|delivery|shipping|correct|right|home|work|current)\s+)*(?:address(?:\s+(?:is|should be|would be))?|(?:it|that)(?:'s|\s+is|\s+should be)|(?:please\s+)?(?:send|ship|deliver)\s+(?:it|that|them)\s+to|i\s+(?:now\s+)?live\s+(?:at|in|on)|i\s+(?:have\s+)?moved\s+to|change\s+(?:it|the address)\s+to)[:,]?\s+/i;

/** Postal codes: United Kingdom, Canada, Portugal/Brazil, United States, and five or four digits at the end or before a city. */
export const POSTCODE =
  /\b(?:[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d|\d{4}-\d{3}|\d{5}-\d{3}|\d{5}(?:-\d{4})?)\b(?!\s+\p{L}+\s+(?:street|road|avenue|drive|lane|boulevard|way|court|place)\b)/iu;

/** Words between street and city. */
export const CITY_LINKS =
  /^\s*(?:in|at|city of|and|,)\s+|\s+(?:postcode|post code|zip|zip code|postal code)(?:\s+is)?\s*$/gi;

/** House number, name, kind of street: English. Folded text. */
export const STREET_LAST =
  /^(?:(?:flat|apartment|apt|unit|suite)\s+\w{1,5},?\s+)?\d{1,5}[a-z]?\s+(?:[\p{L}'.-]+\s+){0,4}?(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|place|pl|square|sq|way|boulevard|blvd|terrace|close|crescent|gardens|hill|row|park|highway|parkway)\b(?:\s+(?:north|south|east|west))?(?:,?\s+(?:flat|apartment|apt|unit|suite)\s+\w{1,5})?/u;

/** Kind of street, name, house number: Spanish, French (number first too), German, Portuguese, Arabic. Folded text. */
export const STREET_FIRST =
  /^(?:(?:calle|avenida|av|plaza|paseo|camino|rua|travessa|praca|alameda|largo|شارع)\s+(?:[\p{L}'.-]+\s+){0,5}?\d{1,5}[a-z]?|\d{1,5}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|allee|impasse|quai|cours)\s+(?:(?:de|du|des|la|le|les|l'|d')\s*)*[\p{L}'-]+|[\p{L}'.-]{2,40}(?:\s+[\p{L}'.-]{2,40}){0,2}?(?:strasse|str\.?|weg|platz|allee|gasse|ring|damm)\s+\d{1,5}\s?[a-z]?)\b/u;

package dev.linkd.driver;

/** Why an output could not be patched. The names are part of the API. */
enum StartOver {
  /** Nothing was resident for the path. */
  FIRST_LINK,
  /** The output is to be another one: its kind, entry, search path, … */
  OPTIONS_CHANGED,
  /** The order of resolution differs: inputs were exchanged, or new ones are not the last. */
  INPUT_ORDER_CHANGED
}

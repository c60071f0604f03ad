package dev.linkd.output;

/** What happens when a version script names what nothing defines. */
public enum UndefinedVersions {
  /** Nothing is said. */
  ALLOWED,
  /** One warning names the first of them. */
  WARNED,
  /** Each is an error. */
  REFUSED
}

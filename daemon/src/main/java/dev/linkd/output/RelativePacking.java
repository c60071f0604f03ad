package dev.linkd.output;

/** Whether relative relocations are packed, and by which tags the dynamic linker knows them. */
public enum RelativePacking {
  NONE,
  /** SHT_RELR and DT_RELR, of the gABI. */
  STANDARD,
  /** SHT_ANDROID_RELR and DT_ANDROID_RELR, of Android before version 12. */
  ANDROID
}

package dev.linkd.oracle.image;

/** A file that cannot be read as the ELF image it claims to be. */
public final class MalformedImage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public MalformedImage(String reason) {
    super(reason);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}

package dev.linkd.object.cpp;

/**
 * Reads the names of what compilers make beside functions and variables: tables, thunks, guards.
 */
final class SpecialNameReader {
  private final Cursor in;
  private final TypeReader types;
  private final NameReader names;

  SpecialNameReader(Cursor in, TypeReader types, NameReader names) {
    this.in = in;
    this.types = types;
    this.names = names;
  }

  String read() throws UnknownNameException {
    return switch (in.take(2)) {
      case "TV" -> "vtable for " + types.type();
      case "TT" -> "VTT for " + types.type();
      case "TI" -> "typeinfo for " + types.type();
      case "TS" -> "typeinfo name for " + types.type();
      case "TC" -> construction();
      case "Th" -> {
        offset();
        yield "non-virtual thunk to " + names.encoding();
      }
      case "Tv" -> {
        offset();
        offset();
        yield "virtual thunk to " + names.encoding();
      }
      case "Tc" -> {
        callOffset();
        callOffset();
        yield "covariant return thunk to " + names.encoding();
      }
      case "TH" -> "TLS init function for " + names.name().text();
      case "TW" -> "TLS wrapper function for " + names.name().text();
      case "GV" -> "guard variable for " + names.name().text();
      case "GR" -> {
        String name = names.name().text();
        int number = in.atEnd() ? 0 : in.sequence();
        yield "reference temporary #" + number + " for " + name;
      }
      case "GT" -> (in.take("n") ? "non-" : takeT()) + "transaction clone for " + names.encoding();
      case "GA" -> "hidden alias for " + names.encoding();
      default -> throw new UnknownNameException();
    };
  }

  private String takeT() throws UnknownNameException {
    in.expect('t');
    return "";
  }

  private String construction() throws UnknownNameException {
    String derived = types.type().toString();
    in.number();
    in.expect('_');
    return "construction vtable for " + types.type() + "-in-" + derived;
  }

  private void callOffset() throws UnknownNameException {
    char kind = in.next();
    offset();
    if (kind == 'v') {
      offset();
    } else if (kind != 'h') {
      throw new UnknownNameException();
    }
  }

  private void offset() throws UnknownNameException {
    in.signedNumber();
    in.expect('_');
  }
}

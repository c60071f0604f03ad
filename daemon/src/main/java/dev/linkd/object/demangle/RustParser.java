package dev.linkd.object.demangle;

/** Rust names of version 0 (RFC 2603): {@code _RNvCs1234_7mycrate3foo} is {@code mycrate::foo}. */
final class RustParser {
  private static final int DEPTH_MAX = 150;

  private final RustText in;
  private final Printer out = new Printer();
  private int depth;

  /** Lifetimes that the binders around introduce. */
  private long lifetimes;

  /** Whether nothing is printed: the crate that instantiates a generic is not part of the name. */
  private boolean silent;

  RustParser(String name) {
    int suffix = name.indexOf('.');
    in = new RustText(suffix < 0 ? name : name.substring(0, suffix));
  }

  String parse() throws MangledNameException {
    path(true);
    if (!in.end()) {
      silent = true;
      path(true);
    }
    if (!in.end()) {
      throw new MangledNameException();
    }
    return out.toString();
  }

  private void print(String part) throws MangledNameException {
    if (!silent) {
      out.add(part);
    }
  }

  private interface Step {
    void run() throws MangledNameException;
  }

  /** Goes on at an earlier place, then comes back. */
  private void again(Step step) throws MangledNameException {
    int place = in.at() - 1;
    long target = in.base62() + RustText.START;
    if (target < RustText.START || target >= place) {
      throw new MangledNameException();
    }
    int back = in.at();
    in.seek((int) target);
    if (!silent) {
      step.run();
    }
    in.seek(back);
  }

  private void enter() throws MangledNameException {
    if (++depth > DEPTH_MAX) {
      throw new MangledNameException();
    }
  }

  /**
   * @param value whether the path names a value, so that arguments need {@code ::} before them
   */
  private void path(boolean value) throws MangledNameException {
    enter();
    switch (in.next()) {
      case 'C' -> {
        in.optional62('s');
        print(in.identifier());
      }
      case 'M' -> {
        implementation();
        print("<");
        type();
        print(">");
      }
      case 'X' -> {
        implementation();
        traitPath();
      }
      case 'Y' -> traitPath();
      case 'N' -> nested(value);
      case 'I' -> {
        path(value);
        print(value ? "::<" : "<");
        arguments();
        print(">");
      }
      case 'B' -> again(() -> path(value));
      default -> throw new MangledNameException();
    }
    depth--;
  }

  private void implementation() throws MangledNameException {
    in.optional62('s');
    boolean before = silent;
    silent = true;
    path(false);
    silent = before;
  }

  private void traitPath() throws MangledNameException {
    print("<");
    type();
    print(" as ");
    path(false);
    print(">");
  }

  private void nested(boolean value) throws MangledNameException {
    char space = in.next();
    path(value);
    long disambiguator = in.optional62('s');
    String name = in.identifier();
    if (Character.isUpperCase(space)) {
      String kind = space == 'C' ? "closure" : space == 'S' ? "shim" : String.valueOf(space);
      print("::{" + kind + (name.isEmpty() ? "" : ":" + name) + "#" + disambiguator + "}");
    } else if (!name.isEmpty()) {
      print("::" + name);
    }
  }

  private void arguments() throws MangledNameException {
    for (int i = 0; !in.accept('E'); i++) {
      print(i == 0 ? "" : ", ");
      if (in.accept('L')) {
        lifetime(in.base62());
      } else if (in.accept('K')) {
        constant();
      } else {
        type();
      }
    }
  }

  private void lifetime(long index) throws MangledNameException {
    if (index == 0) {
      print("'_");
      return;
    }
    long level = lifetimes - index;
    if (index < 0 || level < 0) {
      throw new MangledNameException();
    }
    print(level < 26 ? "'" + (char) ('a' + level) : "'_" + level);
  }

  /** Lifetimes that hold in a step: {@code for<'a> }. */
  private void binder(Step step) throws MangledNameException {
    long count = in.optional62('G');
    long before = lifetimes;
    if (count < 0 || count > in.length()) {
      throw new MangledNameException();
    }
    if (count > 0) {
      print("for<");
      for (long i = 0; i < count; i++) {
        lifetimes++;
        print(i == 0 ? "" : ", ");
        lifetime(1);
      }
      print("> ");
    }
    step.run();
    lifetimes = before;
  }

  private void type() throws MangledNameException {
    enter();
    char c = in.peek();
    String basic = RustTypes.basic(c);
    if (!basic.isEmpty()) {
      in.next();
      print(basic);
    } else {
      compound(c);
    }
    depth--;
  }

  private void compound(char c) throws MangledNameException {
    switch (c) {
      case 'A' -> array(true);
      case 'S' -> array(false);
      case 'T' -> tuple();
      case 'R' -> reference("&");
      case 'Q' -> reference("&mut ");
      case 'P' -> pointer("*const ");
      case 'O' -> pointer("*mut ");
      case 'F' -> {
        in.next();
        binder(this::function);
      }
      case 'D' -> dynamic();
      case 'B' -> {
        in.next();
        again(this::type);
      }
      default -> path(false);
    }
  }

  private void array(boolean sized) throws MangledNameException {
    in.next();
    print("[");
    type();
    if (sized) {
      print("; ");
      constant();
    }
    print("]");
  }

  private void tuple() throws MangledNameException {
    in.next();
    print("(");
    int count = 0;
    for (; !in.accept('E'); count++) {
      print(count == 0 ? "" : ", ");
      type();
    }
    print(count == 1 ? ",)" : ")");
  }

  private void reference(String mark) throws MangledNameException {
    in.next();
    print(mark.substring(0, 1));
    if (in.accept('L')) {
      long index = in.base62();
      if (index != 0) {
        lifetime(index);
        print(" ");
      }
    }
    print(mark.substring(1));
    type();
  }

  private void pointer(String mark) throws MangledNameException {
    in.next();
    print(mark);
    type();
  }

  private void function() throws MangledNameException {
    print(in.accept('U') ? "unsafe " : "");
    if (in.accept('K')) {
      String abi = in.accept('C') ? "C" : in.identifier().replace('_', '-');
      print("extern \"" + abi + "\" ");
    }
    print("fn(");
    for (int i = 0; !in.accept('E'); i++) {
      print(i == 0 ? "" : ", ");
      type();
    }
    print(")");
    if (!in.accept('u')) {
      print(" -> ");
      type();
    }
  }

  private void dynamic() throws MangledNameException {
    in.next();
    print("dyn ");
    binder(
        () -> {
          for (int i = 0; !in.accept('E'); i++) {
            print(i == 0 ? "" : " + ");
            trait();
          }
        });
    if (!in.accept('L')) {
      throw new MangledNameException();
    }
    long index = in.base62();
    if (index != 0) {
      print(" + ");
      lifetime(index);
    }
  }

  /** A trait with associated types: {@code Iterator<Item = u8>}. */
  private void trait() throws MangledNameException {
    boolean open = openPath();
    while (in.accept('p')) {
      print(open ? ", " : "<");
      open = true;
      print(in.identifier() + " = ");
      type();
    }
    print(open ? ">" : "");
  }

  /** A path whose arguments stay open; returns whether there are any. */
  private boolean openPath() throws MangledNameException {
    enter();
    boolean[] open = {false};
    if (in.accept('B')) {
      again(() -> open[0] = openPath());
    } else if (in.accept('I')) {
      path(false);
      print("<");
      arguments();
      open[0] = true;
    } else {
      path(false);
    }
    depth--;
    return open[0];
  }

  private void constant() throws MangledNameException {
    enter();
    if (in.accept('B')) {
      again(this::constant);
    } else if (in.accept('p')) {
      print("_");
    } else {
      print(RustTypes.constant(in.next(), in.accept('n'), in.hexadecimal()));
    }
    depth--;
  }
}

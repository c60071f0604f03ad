package dev.linkd.linkbench;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * C text of one unit of a generated program. Every function works on a table of the unit and calls
 * two others, anywhere in the program or, as part of a library, near by. The calls end after some
 * levels, so that the program can be run.
 */
final class UnitSource {
  /** One unit in so many includes the header that is edited. */
  static final int HEADER_UNITS = 4;

  /** In those units two functions of five use it: a tenth of all functions. */
  private static final int HEADER_FUNCTIONS = 5;

  private final ProgramShape shape;
  private final boolean library;
  private final int unit;
  private final Variation variation;
  private final StringBuilder text = new StringBuilder(32_768);

  UnitSource(ProgramShape shape, boolean library, int unit, Variation variation) {
    this.shape = shape;
    this.library = library;
    this.unit = unit;
    this.variation = variation;
  }

  static boolean includesHeader(int unit) {
    return unit % HEADER_UNITS == 1;
  }

  String text() {
    String[][] callees = callees(shape.functionsPerUnit() + variation.added());
    types();
    declarations(callees);
    for (int i = 0; i < callees.length; i++) {
      function(i, callees[i]);
    }
    changingName();
    if (unit == 0 && !library) {
      main();
    }
    return text.toString();
  }

  private String[][] callees(int functions) {
    Random random = new Random(shape.seed() * 1_000_003 + unit);
    int first = library ? unit - unit % ProgramShape.CLUSTER_UNITS : 0;
    int units =
        library ? Math.min(ProgramShape.CLUSTER_UNITS, shape.units() - first) : shape.units();
    String[][] callees = new String[functions][2];
    for (String[] pair : callees) {
      for (int i = 0; i < pair.length; i++) {
        pair[i] = name(first + random.nextInt(units), random.nextInt(shape.functionsPerUnit()));
      }
    }
    return callees;
  }

  static String name(int unit, int function) {
    return "u" + unit + "_f" + function;
  }

  private void types() {
    if (includesHeader(unit)) {
      line("#include \"tuning.h\"");
    }
    line("struct entry_%1$d { int key; long value; char label[32];", unit);
    line("  struct entry_%1$d *next; double weight; };", unit);
    line("static struct entry_%1$d entries_%1$d[16];", unit);
    line("char history_%d[%d] = \"%d\";", unit, variation.dataBytes(), unit);
    line("int count_%1$d = %1$d;", unit);
  }

  private void declarations(String[][] callees) {
    Set<String> declared = new HashSet<>();
    for (int i = 0; i < variation.added(); i++) {
      declared.add(name(unit, shape.functionsPerUnit() + i));
      line("long %s(long, int);", name(unit, shape.functionsPerUnit() + i));
    }
    for (String[] pair : callees) {
      for (String callee : pair) {
        if (declared.add(callee)) {
          line("long %s(long, int);", callee);
        }
      }
    }
    if (variation.member() != Variation.NONE) {
      line("long extra_%d(long);", variation.member());
    }
  }

  private void function(int index, String[] callees) {
    int constant = (unit * 31 + index * 17) % 997 + 1;
    line("long %s(long seed, int depth)", name(unit, index));
    line("{");
    line("  struct entry_%1$d *entry = &entries_%1$d[(unsigned long) seed %% 16];", unit);
    line("  long sum = entry->value * %d + entry->key;", constant);
    if (index < variation.bodies()) {
      line("  entry->key ^= %d;", constant + 1);
      for (int i = 0; i < variation.extraLines(); i++) {
        line("  entry->value += seed * %d;", i + 3);
      }
    }
    if (includesHeader(unit) && index % HEADER_FUNCTIONS < 2) {
      line("  entry->weight += TUNING(seed);");
    }
    if (index == 0 && variation.member() != Variation.NONE) {
      line("  sum += extra_%d(seed);", variation.member());
    }
    if (index == 0 && variation.added() > 0) {
      line("  sum += %s(seed, 0);", name(unit, shape.functionsPerUnit()));
    }
    line("  if (depth <= 0)");
    line("    return sum ^ seed;");
    line("  if (seed & 1)");
    line("    sum += %s(seed >> 1, depth - 1);", callees[0]);
    line("  else");
    line("    sum ^= %s(seed + %d, depth - 1);", callees[1], constant);
    line("  count_%d += (int) sum;", unit);
    line("  return sum;");
    line("}");
  }

  /** A function that others only call under its current name. */
  private void changingName() {
    line("long changing_%d_%d(long seed)", unit, variation.renames());
    line("{ return seed + history_%d[0]; }", unit);
    line("long calls_changing_%d(long seed)", unit);
    line("{ return changing_%d_%d(seed); }", unit, variation.renames());
  }

  /** Exits with 42, so that a program that only starts is not taken for one that works. */
  private void main() {
    line("int printf(const char *, ...);");
    line("int main(int count, char **words)");
    line("{");
    line("  long sum = 0;");
    line("  (void) words;");
    line("  for (int i = 0; i < 100; i++)");
    line("    sum += %s(i * 7 + count, 6);", name(0, shape.functionsPerUnit() - 1));
    line("  printf(\"%%ld\\n\", sum);");
    line("  return 42;");
    line("}");
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(format, arguments)).append('\n');
  }
}

package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.implemented;

import dev.linkd.output.ContentRules.DeadValue;
import java.util.List;

/** Options about the file that is made of the image. */
final class FinishOptions {
  private static final String ELF = "elf64-x86-64";
  private static final String BINARY = "binary";

  private FinishOptions() {}

  static List<Option> rows() {
    return List.of(
        implemented(
            REQUIRED,
            "Compresses debug sections: `none`, `zlib` or `zstd`, with `:LEVEL` if wanted. zstd has"
                + " one level; `zlib-gnu`, an older form, is `zlib`. The file is written whole at"
                + " every link that changes something.",
            "FinishLinkTest#debugSectionsAreCompressed",
            (plan, method) -> plan.finish.compress(method),
            "compress-debug-sections"),
        implemented(
            NONE,
            "Adds `.gdb_index`, made of the sections that compilers write with `-ggnu-pubnames`."
                + " The file is written whole at every link that changes something.",
            "FinishLinkTest#gdbFindsNamesAndAddressesInTheIndex",
            (plan, none) -> plan.finish.index = true,
            "gdb-index"),
        implemented(
            NONE,
            "Adds no `.gdb_index`; so it is without the option.",
            "FinishLinkTest#gdbFindsNamesAndAddressesInTheIndex",
            (plan, none) -> plan.finish.index = false,
            "no-gdb-index"),
        implemented(
            OPTIONAL,
            "Writes debug information into a file of its own, `OUTPUT.dbg` without a name. Both"
                + " files are written whole at every link that changes something.",
            "FinishLinkTest#debugInformationHasAFileOfItsOwn",
            (plan, file) -> {
              plan.finish.separate = true;
              plan.finish.debugFile = file;
            },
            "separate-debug-file"),
        implemented(
            NONE,
            "Leaves debug information in the output; so it is without the option.",
            "FinishLinkTest#debugInformationHasAFileOfItsOwn",
            (plan, none) -> plan.finish.separate = false,
            "no-separate-debug-file"),
        implemented(
            NONE,
            "Sections that are not loaded lie in the file behind all that are, as dwz demands. The"
                + " file is written whole at every link that changes something. `objcopy FILE` does"
                + " the same to a file that was linked without this option.",
            "FinishLinkTest#dwzPacksDebugInformation",
            (plan, none) -> plan.finish.loadedFirst = true,
            "linkd-loaded-first"),
        implemented(
            REQUIRED,
            "`SECTIONS=VALUE`: addresses of what is not linked have that value in sections that are"
                + " not loaded and have such names. The last that matches counts.",
            "DeadReferencesLinkTest#theyHaveTheValueThatIsAskedFor",
            FinishOptions::dead,
            "z dead-reloc-in-nonalloc"),
        implemented(
            REQUIRED,
            "`binary` makes a copy of the memory without headers; otherwise `elf64-x86-64`.",
            "FinishLinkTest#aBinaryFileIsACopyOfTheMemory",
            FinishOptions::format,
            "oformat"));
  }

  private static void format(Plan plan, String format) throws UsageException {
    if (!format.equals(BINARY) && !format.equals(ELF)) {
      throw new UsageException(
          "unsupported output format: " + format + "; there are " + ELF + " and " + BINARY);
    }
    plan.finish.flat = format.equals(BINARY);
  }

  private static void dead(Plan plan, String value) throws UsageException {
    int equals = value.indexOf('=');
    String number = value.substring(equals + 1);
    boolean hexadecimal = number.matches("0[xX][0-9a-fA-F]{1,16}");
    if (equals <= 0 || !(hexadecimal || number.matches("[0-9]{1,18}"))) {
      throw new UsageException(
          "-z dead-reloc-in-nonalloc: expected SECTIONS=VALUE instead of '" + value + "'");
    }
    long parsed =
        hexadecimal ? Long.parseUnsignedLong(number.substring(2), 16) : Long.parseLong(number);
    plan.deadValues.add(new DeadValue(value.substring(0, equals), parsed));
  }
}

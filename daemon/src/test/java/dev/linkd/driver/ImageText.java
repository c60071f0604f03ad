package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What two linkers must agree about when a script lays an image out: sections with their addresses
 * and load addresses, symbols, and program headers. Where the bytes lie in the file is left out,
 * and so are sections without any.
 */
final class ImageText {
  private static final Pattern SECTION =
      Pattern.compile(
          "\\s*\\[ *\\d+\\] (\\S+)\\s+(\\S+)\\s+(\\p{XDigit}{16}) \\p{XDigit}+ (\\p{XDigit}+)"
              + " \\p{XDigit}+ +([A-Za-z]*) +\\d+ +\\d+ +(\\d+)");
  private static final Pattern LOAD =
      Pattern.compile(
          "\\s+\\d+ (\\S+)\\s+\\p{XDigit}{8,}  (\\p{XDigit}{16})  (\\p{XDigit}{16}) .*");
  private static final Pattern SYMBOL =
      Pattern.compile(
          "\\s+\\d+: (\\p{XDigit}{16}) +\\S+ (\\S+) +(\\S+) +(\\S+) +(\\S+) ([^\\s$]\\S*).*");
  private static final Pattern SEGMENT =
      Pattern.compile(
          "  (\\S+) +0x\\p{XDigit}+ (0x\\p{XDigit}+) (0x\\p{XDigit}+) (0x\\p{XDigit}+)"
              + " (0x\\p{XDigit}+) (...) 0x.*");

  private ImageText() {}

  /**
   * Links {@code program} with both linkers, which must agree about it and say nothing; checks that
   * a patched image is what a new one would be.
   *
   * @return what the image is
   */
  static String agreed(Workshop shop, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ld.bfd", "--no-warn-rwx-segments"));
    command.addAll(List.of(words));
    command.addAll(List.of("-o", "reference"));
    assertThat(shop.tool(command.toArray(String[]::new))).isEmpty();
    command.removeFirst();
    command.set(command.size() - 1, "program");
    int status = shop.ld(command).status();
    assertThat(status).as("%s", shop.heard.messages()).isZero();
    assertThat(shop.heard.messages()).isEmpty();
    String image = of(shop, "program");
    assertThat(image).isEqualTo(of(shop, "reference"));
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    return image;
  }

  /** Lines in an order that does not depend on the linker. */
  static String of(Workshop shop, String file) throws Exception {
    List<String> lines = new ArrayList<>(sections(shop, file));
    lines.addAll(symbols(shop, file));
    Matcher segments = SEGMENT.matcher(shop.tool("readelf", "-lW", file));
    while (segments.find()) {
      lines.add(
          "%s at %s load %s bytes %s of %s %s"
              .formatted(
                  segments.group(1),
                  segments.group(2),
                  segments.group(3),
                  segments.group(4),
                  segments.group(5),
                  segments.group(6)));
    }
    return String.join("\n", lines);
  }

  private static TreeSet<String> sections(Workshop shop, String file) throws Exception {
    Map<String, String> loaded = new HashMap<>();
    Matcher loads = LOAD.matcher(shop.tool("objdump", "-hw", file));
    while (loads.find()) {
      loaded.put(loads.group(1) + loads.group(2), loads.group(3));
    }
    TreeSet<String> lines = new TreeSet<>();
    Matcher sections = SECTION.matcher(shop.tool("readelf", "-SW", file));
    while (sections.find()) {
      String name = sections.group(1);
      boolean empty = sections.group(4).matches("0+");
      if (!empty && !name.matches("\\.(symtab|strtab|shstrtab|comment)")) {
        lines.add(
            "%s %s load %s %s bytes %s %s align %s"
                .formatted(
                    sections.group(3),
                    name,
                    loaded.get(name + sections.group(3)),
                    sections.group(2),
                    sections.group(4),
                    sections.group(5),
                    sections.group(6)));
      }
    }
    return lines;
  }

  private static TreeSet<String> symbols(Workshop shop, String file) throws Exception {
    TreeSet<String> lines = new TreeSet<>();
    Matcher symbols = SYMBOL.matcher(shop.tool("readelf", "-sW", file));
    while (symbols.find()) {
      if (!symbols.group(2).matches("FILE|SECTION")) {
        boolean local = symbols.group(3).equals("LOCAL");
        lines.add(
            "%s = %s %s %s %s"
                .formatted(
                    symbols.group(6),
                    symbols.group(1),
                    symbols.group(2),
                    symbols.group(3),
                    local ? "" : symbols.group(4)));
      }
    }
    return lines;
  }
}

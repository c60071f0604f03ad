package dev.linkd.oracle.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Everything that the readers of an image demand of it, whatever program it holds. */
public final class ImageRules {
  private ImageRules() {}

  public static List<String> problems(Path file) throws IOException {
    return problems(Files.readAllBytes(file));
  }

  public static List<String> problems(byte[] file) {
    try {
      return problems(ElfImage.of(file));
    } catch (MalformedImage malformed) {
      return List.of("unreadable: " + malformed.reason());
    }
  }

  /** One sentence for each violation; empty for a good image. */
  public static List<String> problems(ElfImage image) {
    Problems problems = new Problems();
    try {
      HeaderRules.check(image, problems);
      SegmentRules.check(image, problems);
      SectionRules.check(image, problems);
      SymbolRules.check(image, problems);
      ThreadLocalRules.check(image, problems);
      EhFrameRules.check(image, problems);
      DynamicRules.check(image, problems);
      HashRules.check(image, problems);
      VersionRules.check(image, problems);
      InitArrayRules.check(image, problems);
    } catch (MalformedImage malformed) {
      problems.add("unreadable: %s", malformed.reason());
    }
    return problems.found();
  }
}

package dev.linkd.elf;

import dev.linkd.output.LinkReports;
import java.util.List;

/** Reports about an ELF link. */
final class ElfReports implements LinkReports {

  private final Link link;

  ElfReports(Link link) {
    this.link = link;
  }

  @Override
  public String map() {
    return new MapReport(link).text();
  }

  @Override
  public String crossReferences() {
    return new CrossReferences(link).table();
  }

  @Override
  public String trace(List<String> names) {
    return new CrossReferences(link).trace(names);
  }

  @Override
  public String extractions() {
    return new ExtractionReport(link).text();
  }
}

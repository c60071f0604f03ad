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
  public String members() {
    StringBuilder text = new StringBuilder();
    ExtractionReport.members(link.state).forEach(member -> text.append(member.name).append('\n'));
    return text.toString();
  }

  @Override
  public String dependencies() {
    return new CrossReferences(link).dependencies();
  }

  @Override
  public String archives() {
    StringBuilder text = new StringBuilder("members\textracted\tarchive\n");
    link.inputs.archives(
        archive ->
            text.append(archive.members.count())
                .append('\t')
                .append(archive.extracted.size())
                .append('\t')
                .append(archive.name)
                .append('\n'));
    return text.toString();
  }

  @Override
  public String memory() {
    ScriptEvaluator script = link.parts.script;
    return MemoryReport.text(script == null ? List.of() : script.regions());
  }

  @Override
  public String whyLive(List<String> patterns) {
    return new LivenessReport(link).text(patterns);
  }

  @Override
  public String extractions() {
    return new ExtractionReport(link).text();
  }
}

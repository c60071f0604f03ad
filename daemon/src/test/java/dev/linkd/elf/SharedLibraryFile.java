package dev.linkd.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.object.ElfConstants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shared library that gcc and GNU ld built, read with the descriptors. */
record SharedLibraryFile(MemorySegment bytes) {

  static SharedLibraryFile of(Path directory, String source, String... options) throws Exception {
    Path file = Files.writeString(directory.resolve("library.c"), source);
    Path library = directory.resolve("library.so");
    List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-w"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", library.toString(), file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return new SharedLibraryFile(MemorySegment.ofArray(Files.readAllBytes(library)));
  }

  /** Where the header of the first section of a type is. */
  long header(int type) {
    long headers = EhdrDescriptor.shoff(bytes, 0);
    for (int i = 0; i < EhdrDescriptor.shnum(bytes, 0); i++) {
      long at = headers + (long) i * ShdrDescriptor.BYTES;
      if (ShdrDescriptor.type(bytes, at) == type) {
        return at;
      }
    }
    throw new AssertionError("no section of type " + type);
  }

  /** Where the content of the first section of a type is. */
  long section(int type) {
    return ShdrDescriptor.offset(bytes, header(type));
  }

  int dynamicSymbols() {
    return (int)
        (ShdrDescriptor.size(bytes, header(ElfConstants.SHT_DYNSYM)) / SymDescriptor.BYTES);
  }

  boolean defined(int symbol) {
    return SymDescriptor.shndx(bytes, symbolAt(symbol)) != 0;
  }

  String name(int symbol) {
    long headers = EhdrDescriptor.shoff(bytes, 0);
    int strings = ShdrDescriptor.link(bytes, header(ElfConstants.SHT_DYNSYM));
    long table = ShdrDescriptor.offset(bytes, headers + (long) strings * ShdrDescriptor.BYTES);
    return bytes.getString(table + SymDescriptor.name(bytes, symbolAt(symbol)), UTF_8);
  }

  private long symbolAt(int symbol) {
    return section(ElfConstants.SHT_DYNSYM) + (long) symbol * SymDescriptor.BYTES;
  }
}

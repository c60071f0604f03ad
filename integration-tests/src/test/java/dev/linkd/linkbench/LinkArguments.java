package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a compiler driver gives a linker around the objects of a position-independent executable.
 */
final class LinkArguments {
  private LinkArguments() {}

  static List<String> executable(List<String> objects) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--eh-frame-hdr", "--hash-style=gnu", "-m", "elf_x86_64", "-pie"));
    arguments.addAll(List.of("-dynamic-linker", "/lib64/ld-linux-x86-64.so.2"));
    arguments.add(file("Scrt1.o"));
    arguments.add(file("crti.o"));
    arguments.add(file("crtbeginS.o"));
    arguments.addAll(objects);
    arguments.add(file("libc.so"));
    arguments.add(file("libgcc.a"));
    arguments.add(file("crtendS.o"));
    arguments.add(file("crtn.o"));
    return arguments;
  }

  private static String file(String name) throws IOException {
    return Path.of(Tools.run(Path.of("/"), List.of("gcc", "-print-file-name=" + name)))
        .toRealPath()
        .toString();
  }
}

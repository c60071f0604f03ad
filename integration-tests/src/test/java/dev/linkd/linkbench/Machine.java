package dev.linkd.linkbench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The machine that was measured on. */
final class Machine {
  private Machine() {}

  static JsonObject look() throws IOException {
    JsonObject machine = new JsonObject();
    machine.addProperty("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    machine.addProperty("processor", line("/proc/cpuinfo", "model name"));
    machine.addProperty("processors", Runtime.getRuntime().availableProcessors());
    machine.addProperty("memory", line("/proc/meminfo", "MemTotal"));
    machine.addProperty("kernel", Tools.run(Path.of("/"), List.of("uname", "-sr")));
    machine.addProperty("java", System.getProperty("java.vm.version"));
    machine.addProperty("load", Files.readString(Path.of("/proc/loadavg")).strip());
    return machine;
  }

  private static String line(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("unknown");
  }
}

package dev.linkd.client.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Standard output that remembers why it could not be written; writers only tell that it could not.
 * Who reads a file that a full disk cut short shall not take it for the whole.
 */
public final class StandardOutput extends OutputStream {
  /** What the kernel says when nobody reads a pipe any more: the reader has seen enough. */
  private static final String NO_READER = "Broken pipe";

  private final OutputStream out;
  private @Nullable IOException fault;

  public StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /**
   * Runs a command.
   *
   * @return its exit code
   */
  public int run(CommandLine commands, String... arguments) {
    PrintWriter writer = new PrintWriter(new OutputStreamWriter(this, System.out.charset()), true);
    int code = commands.setOut(writer).execute(arguments);
    writer.flush();
    if (fault == null) {
      return code;
    }
    String reason = String.valueOf(fault.getMessage());
    if (!reason.contains(NO_READER)) {
      PrintWriter err = commands.getErr();
      err.println("linkctl: standard output cannot be written: " + reason);
      err.flush();
    }
    return code == ExitCode.OK ? ExitCode.OUTPUT_LOST : code;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      if (fault == null) {
        fault = e;
      }
      throw e;
    }
  }
}

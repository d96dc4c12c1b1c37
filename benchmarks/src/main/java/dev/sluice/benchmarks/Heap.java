package dev.sluice.benchmarks;

import dev.sluice.localstack.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Heaps of the stack's JVMs, asked for by {@code jcmd}. */
public final class Heap {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private Heap() {}

  /** Bytes of heap in use once what is not needed has been collected. */
  public static long afterCollection(Part part) throws InterruptedException {
    return afterCollection(part.pid().orElseThrow());
  }

  /** The same of any JVM on this machine. */
  public static long afterCollection(long process) throws InterruptedException {
    var pid = Long.toString(process);
    for (int i = 0; i < 3; i++) {
      jcmd(pid, "GC.run");
      TimeUnit.SECONDS.sleep(1);
    }
    var used = USED.matcher(jcmd(pid, "GC.heap_info"));
    if (!used.find()) throw new IllegalStateException("jcmd does not tell the heap");
    return Long.parseLong(used.group(1)) * 1_024;
  }

  private static String jcmd(String pid, String command) throws InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      var process = new ProcessBuilder(jcmd, pid, command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes());
      process.waitFor();
      return output;
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }
}

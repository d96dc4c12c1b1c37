package dev.sluice.localstack.process;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Ends the stack's children when the stack's own JVM dies, even by SIGKILL.
 *
 * <p>A small shell process holds the other end of a pipe and the list of children. When the pipe
 * closes, for whatever reason, it asks every child on its list to end, and after some seconds
 * forces it. Children that ended in order were taken off the list before.
 */
public final class ChildGuard implements AutoCloseable {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      children=' '
      while read -r what pid signal; do
        case $what in
          watch) children="$children$pid:$signal " ;;
          forget)
            rest=' '
            for child in $children; do
              [ "${child%%:*}" = "$pid" ] || rest="$rest$child "
            done
            children=$rest ;;
        esac
      done
      for child in $children; do
        kill -CONT "${child%%:*}"
        kill "-${child##*:}" "${child%%:*}"
      done
      [ "$children" = ' ' ] && exit
      sleep 5
      for child in $children; do kill -KILL "${child%%:*}"; done
      """;

  private final BufferedWriter pipe;

  private ChildGuard(BufferedWriter pipe) {
    this.pipe = pipe;
  }

  public static ChildGuard start() {
    try {
      var process =
          Forks.start(
              new ProcessBuilder(Commands.apart(List.of("/bin/sh", "-c", SCRIPT)))
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .redirectError(ProcessBuilder.Redirect.DISCARD));
      return new ChildGuard(process.outputWriter());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on this child ends with the stack. */
  public void watch(long pid, Signal signal) {
    tell("watch " + pid + " " + signal);
  }

  /** This child has ended: its pid may soon be somebody else's. */
  public void forget(long pid) {
    tell("forget " + pid + " -");
  }

  private synchronized void tell(String line) {
    try {
      pipe.write(line);
      pipe.newLine();
      pipe.flush();
    } catch (IOException guardIsGone) {
      // The children still stand in stack.json: the next start finds and ends them.
    }
  }

  @Override
  public synchronized void close() {
    try {
      pipe.close();
    } catch (IOException guardIsGone) {
      // Nothing is left to close.
    }
  }
}

package dev.sluice.localstack.process;

import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps the start of processes and the writing of executables apart.
 *
 * <p>A child that is forked while an executable is being written holds that file open for writing
 * too, until it becomes its own program. Whoever starts the executable in that moment is told "Text
 * file busy". So every start of a process excludes every writing of an executable.
 */
public final class Forks {

  /** Writing to files. */
  public interface Writing {
    void run() throws IOException;
  }

  private static final ReadWriteLock LOCK = new ReentrantReadWriteLock();

  private Forks() {}

  /** Starts the process; takes milliseconds. */
  public static Process start(ProcessBuilder process) throws IOException {
    LOCK.writeLock().lock();
    try {
      return process.start();
    } finally {
      LOCK.writeLock().unlock();
    }
  }

  /** Writes one file; no process is started meanwhile, so it should be quick. */
  public static void writeExecutable(Writing writing) throws IOException {
    LOCK.readLock().lock();
    try {
      writing.run();
    } finally {
      LOCK.readLock().unlock();
    }
  }
}

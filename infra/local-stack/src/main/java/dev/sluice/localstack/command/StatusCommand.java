package dev.sluice.localstack.command;

import dev.sluice.localstack.PartState;
import dev.sluice.localstack.StackFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Tells what runs, from what the stack wrote down and what the operating system says of it. */
final class StatusCommand {

  private static final int NOT_READY = 1;

  private final Path data;

  StatusCommand(Path data) {
    this.data = data;
  }

  int run(Arguments arguments) {
    boolean json = arguments.flag("--json");
    arguments.requireNoMore();
    var status = status();
    System.out.println(json ? JsonMapper.shared().writeValueAsString(status) : text(status));
    return status.ready() ? 0 : NOT_READY;
  }

  /**
   * What {@code --json} prints.
   *
   * @param parts each with name, kind, pid (null when it does not run), url, state and what else
   *     its clients need
   */
  record Status(boolean ready, @Nullable String url, List<Map<String, @Nullable Object>> parts) {}

  Status status() {
    var file = StackFile.read(data);
    if (file.isEmpty()) {
      return new Status(false, null, List.of());
    }
    var states = file.get().parts().stream().map(StatusCommand::state).toList();
    boolean ready =
        file.get().ready()
            && file.get().stillRuns()
            && states.stream().allMatch(PartState.READY.label()::equals);
    return new Status(
        ready, file.get().url(), file.get().parts().stream().map(StatusCommand::part).toList());
  }

  private static Map<String, @Nullable Object> part(StackFile.Entry entry) {
    var part = new LinkedHashMap<String, @Nullable Object>();
    part.put("name", entry.name());
    part.put("kind", entry.kind());
    part.put("pid", entry.running().map(ProcessHandle::pid).orElse(null));
    part.put("url", entry.url());
    part.put("state", state(entry));
    part.putAll(entry.details());
    return part;
  }

  /** As written down, unless its process has gone meanwhile. */
  private static String state(StackFile.Entry entry) {
    boolean shouldRun = entry.process() != null;
    return shouldRun && entry.running().isEmpty() ? PartState.DEAD.label() : entry.state();
  }

  private String text(Status status) {
    if (status.parts().isEmpty()) {
      return "Sluice is not running (%s); ./sluice up starts it".formatted(data);
    }
    var text = new StringBuilder();
    text.append(status.ready() ? UpCommand.READY + status.url() : "Sluice is not ready");
    for (var part : status.parts()) {
      text.append(
          "%n  %-11s %-9s %-8s %s"
              .formatted(
                  part.get("name"),
                  part.get("state"),
                  part.get("pid") == null ? "-" : part.get("pid"),
                  part.get("url")));
    }
    return text.toString();
  }
}

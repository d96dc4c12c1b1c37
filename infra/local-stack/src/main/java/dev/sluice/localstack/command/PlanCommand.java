package dev.sluice.localstack.command;

import dev.sluice.localstack.plan.PlanAnswer;
import dev.sluice.localstack.plan.PlanQuestion;
import dev.sluice.localstack.process.StackException;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** Tells what a tier of the account carries. Nothing has to run. */
final class PlanCommand {

  private static final int MOST_TOKENS = 10_000_000;
  private static final int MOST_PER_SECOND = 1_000_000;
  private static final Duration LONGEST_CALL = Duration.ofHours(1);

  int run(Arguments arguments) {
    System.out.println(answer(arguments));
    return 0;
  }

  String answer(Arguments arguments) {
    boolean json = arguments.flag("--json");
    var question =
        new PlanQuestion(
            model(arguments),
            arguments.value("--tier"),
            arguments.number("--input", 0, MOST_TOKENS, 500),
            arguments.number("--output", 0, MOST_TOKENS, 300),
            arguments.number("--max-output", 1, MOST_TOKENS, 0),
            arguments.decimal("--rate", MOST_PER_SECOND, 5),
            arguments.duration("--latency", LONGEST_CALL, Duration.ofSeconds(4)));
    arguments.requireNoMore();
    var answer = PlanAnswer.to(question);
    return json ? JsonMapper.shared().writeValueAsString(answer.json()) : answer.text();
  }

  private static String model(Arguments arguments) {
    return arguments
        .value("--model")
        .orElseThrow(() ->
            new StackException("say which --model: one of %s".formatted(PlanAnswer.models())));
  }
}

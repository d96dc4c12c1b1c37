package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** A page as axe-core sees it, dark and light. */
final class Axe {
  private static final String SCRIPT = script();

  private Axe() {}

  static void assertNoViolations(Page page, String state) {
    for (var colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
      if ((Boolean) page.evaluate("typeof axe === 'undefined'")) page.evaluate(SCRIPT);
      var violations =
          page.evaluate(
              """
              async () => {
                const { violations, passes } = await axe.run({ resultTypes: ['violations'] });
                if (passes.length < 10) throw new Error('axe looked at nothing');
                return violations.map(({ id, help, nodes }) =>
                  `${id}: ${help}: ${nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')}`);
              }
              """);
      assertThat((List<?>) violations).as("%s, %s", state, colours).isEmpty();
    }
  }

  private static String script() {
    try (var script =
        Objects.requireNonNull(Axe.class.getClassLoader().getResourceAsStream("axe.min.js"))) {
      return new String(script.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

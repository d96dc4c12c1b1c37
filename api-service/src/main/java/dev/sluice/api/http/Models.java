package dev.sluice.api.http;

import dev.sluice.common.budget.BudgetProperties;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/models}: the models that have a budget here. */
@RestController
class Models {
  private final List<Map<String, Object>> models;

  Models(BudgetProperties budget) {
    models =
        budget.open().stream()
            .flatMap(pool -> pool.models().stream())
            .distinct()
            .sorted()
            .map(model ->
                Map.<String, Object>of(
                    "id", model, "object", "model", "created", 0, "owned_by", "openai"))
            .toList();
  }

  @GetMapping("/v1/models")
  Map<String, Object> list() {
    return Map.of("object", "list", "data", models);
  }
}

# PSU ids that repeat over strata: nest = TRUE; without it R refuses the design.
source("tests/reference/helpers.R")
d <- read_data("nested_ids.csv")
refusal <- tryCatch({ svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d); "" }, error = conditionMessage)
designs <- list(
  "no fpc" = svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE),
  "fpc" = svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d, nest = TRUE))
cases <- list("without nest" = list(error = refusal))
for (name in names(designs)) {
  design <- designs[[name]]
  case <- function(what) paste0(what, ", ", name)
  group <- list(group = d$group)
  cases[[case("mean")]] <- joint(design, list(score = mean_of(d$score), amount = mean_of(d$amount)))
  cases[[case("mean by group")]] <- joint(design, list(score = mean_of(d$score), amount = mean_of(d$amount)), by = group)
  cases[[case("total by group")]] <- joint(design, list(amount = total_of(d$amount)), by = group)
  cases[[case("ratio")]] <- joint(design, list("amount / score" = ratio_of(d$amount, d$score)))
}
save_json(cases, "08_nested_ids.json")

# Rows are their own PSUs: stratified and weighted, with and without fpc, and unstratified.
source("tests/reference/helpers.R")
d <- read_data("rows.csv")
designs <- list(
  "strata" = svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = d),
  "strata and fpc" = svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d),
  "weights only" = svydesign(ids = ~1, weights = ~weight, data = d),
  "no weights" = svydesign(ids = ~1, weights = ~one, data = cbind(d, one = 1)))
means <- list(score = mean_of(d$score), happy = mean_of(100 * d$happy))
totals <- list(amount = total_of(d$amount))
cases <- list()
for (name in names(designs)) {
  design <- designs[[name]]
  case <- function(what) paste0(what, ", ", name)
  group <- list(group = d$group)
  cases[[case("means")]] <- joint(design, means)
  cases[[case("means by group")]] <- joint(design, means, by = group)
  cases[[case("totals by group")]] <- joint(design, totals, by = group)
  cases[[case("total")]] <- joint(design, totals)
  cases[[case("means where amount > 20")]] <- joint(design, means, where = d$amount > 20)
  estimate <- joint(design, means["score"], by = group, check = FALSE)
  cases[[case("score, plus - basic")]] <- linear(design, estimate, c(-1, 1, 0), one_label("score", plus = "plus", minus = "basic"))
  by <- svyby(~score, ~group, subset(design, !is.na(score)), svymean, covmat = TRUE)
  same(estimate$vcov, vcov(by), "svyby covariance")
}
# the plain formulas of an unweighted simple random sample
same(cases[["means, no weights"]]$std_error[1], sd(d$score, na.rm = TRUE) / sqrt(sum(!is.na(d$score))) *
       sqrt((sum(!is.na(d$score)) - 1) / sum(!is.na(d$score))) * sqrt(nrow(d) / (nrow(d) - 1)), "simple random sample")
save_json(cases, "07_rows.json")

# Totals of answered rows and ratios of two columns, jointly over groups, with and without fpc.
source("tests/reference/helpers.R")
d <- read_data("straddle.csv")
designs <- list(
  "no fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
totals <- list(spend = total_of(d$spend), visits = total_of(d$visits))
ratios <- list("spend / visits" = ratio_of(d$spend, d$visits), "resolved / visits" = ratio_of(d$resolved, d$visits))
mixed <- list("total spend" = total_of(d$spend), "mean spend" = mean_of(d$spend), "spend / visits" = ratio_of(d$spend, d$visits))
cases <- list()
for (name in names(designs)) {
  design <- designs[[name]]
  case <- function(what) paste0(what, ", ", name)
  channel <- list(channel = d$channel)
  cases[[case("totals")]] <- joint(design, totals)
  cases[[case("totals by channel")]] <- joint(design, totals, by = channel)
  cases[[case("ratios")]] <- joint(design, ratios)
  cases[[case("ratios by channel")]] <- joint(design, ratios, by = channel)
  cases[[case("total, mean and ratio by channel")]] <- joint(design, mixed, by = channel)
  cases[[case("totals where region == west")]] <- joint(design, totals, where = d$region == "west")

  # second road for a ratio by group: svyby with its joint covariance
  by <- svyby(~spend, ~channel, subset(design, !is.na(spend)), svyratio, denominator = ~visits, covmat = TRUE)
  ours <- cases[[case("ratios by channel")]]; i <- which(ours$labels$metric == "spend / visits")
  same(ours$values[i], coef(by), "svyby ratio"); same(ours$vcov[i, i], vcov(by), "svyby ratio covariance")
  by <- svyby(~visits, ~channel, design, svytotal, covmat = TRUE)
  ours <- cases[[case("totals by channel")]]; i <- which(ours$labels$metric == "visits")
  same(ours$vcov[i, i], vcov(by), "svyby total covariance")
}
save_json(cases, "05_totals_ratios.json")

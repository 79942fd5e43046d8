# Five scores measured jointly, each over its own base, on a design whose PSUs straddle channels and quarters.
source("tests/reference/helpers.R")
d <- read_data("straddle.csv")
designs <- list(
  "no fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
scores <- five_scores(d)

cases <- list()
for (name in names(designs)) {
  design <- designs[[name]]
  case <- function(what) paste0(what, ", ", name)
  cases[[case("overall")]] <- joint(design, scores)
  cases[[case("by channel")]] <- joint(design, scores, by = list(channel = d$channel))
  cases[[case("by quarter")]] <- joint(design, scores, by = list(quarter = d$quarter))
  cases[[case("by channel and quarter")]] <- joint(design, scores[c("csat", "nps")],
                                                   by = list(channel = d$channel, quarter = d$quarter))
  cases[[case("by channel where visits >= 3")]] <- joint(design, scores, by = list(channel = d$channel), where = d$visits >= 3)
  cases[[case("where region == west")]] <- joint(design, scores, where = d$region == "west")
}

# A second road to the covariances: the sandwich of a regression on group dummies is the same linearisation.
for (name in names(designs)) {
  design <- update(designs[[name]], csat = 100 * (overall >= 4))
  fit <- svyglm(csat ~ 0 + factor(channel), subset(design, !is.na(csat)))
  found <- cases[[paste0("by channel, ", name)]]
  i <- which(found$labels$metric == "csat")
  same(found$values[i], coef(fit), "svyglm means"); same(found$vcov[i, i], vcov(fit), "svyglm covariance")
  # svyby(covmat = TRUE) with na.rm = TRUE stops with an error in survey 4.1-1 where answers are missing: subset first
  by <- svyby(~csat, ~channel, subset(design, !is.na(csat)), svymean, covmat = TRUE)
  same(found$values[i], coef(by), "svyby"); same(found$vcov[i, i], vcov(by), "svyby covariance")
}
save_json(cases, "02_straddle.json")

# Design effects: deff = TRUE (against simple random sampling without replacement of the same n from N = the sum of
# weights) and deff = "replace" (with replacement). Checked against the formula by hand.
source("tests/reference/helpers.R")
d <- read_data("straddle.csv"); r <- read_data("rows.csv")
designs <- list(
  "straddle, no fpc" = list(svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d), d),
  "straddle, fpc" = list(svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d), d),
  "rows" = list(svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = r), r))
effects <- function(design, scores, by = NULL) {
  found <- joint(design, scores, by = by, check = FALSE)
  inside <- attr(found, "inside"); w <- weights(design)
  extra <- list(deff = c(), deff_replace = c(), deff_kish = c(), variance_s2 = c())
  for (i in seq_along(inside)) {
    y <- scores[[found$labels$metric[i]]]$numerator
    part <- subset(update(design, .y = y), inside[[i]])
    wi <- w[inside[[i]]]; yi <- y[inside[[i]]]; n <- length(yi); N <- sum(wi)
    s2 <- sum(wi * (yi - found$values[i])^2) / N * n / (n - 1)
    extra$deff[i] <- deff(svymean(~.y, part, deff = TRUE)); extra$deff_replace[i] <- deff(svymean(~.y, part, deff = "replace"))
    same(extra$deff[i], found$vcov[i, i] / (s2 * (N - n) / (N * n)), "deff by hand")
    same(extra$deff_replace[i], found$vcov[i, i] / (s2 / n), "deff replace by hand")
    extra$deff_kish[i] <- n * sum(wi^2) / N^2; extra$variance_s2[i] <- s2
  }
  c(found, extra)
}
cases <- list()
for (name in names(designs)) {
  design <- designs[[name]][[1]]; frame <- designs[[name]][[2]]
  scores <- if (name == "rows") list(score = mean_of(frame$score), happy = mean_of(100 * frame$happy)) else five_scores(frame)
  column <- if (name == "rows") "group" else "channel"
  cases[[paste0(name, ": overall")]] <- effects(design, scores)
  cases[[paste0(name, ": by ", column)]] <- effects(design, scores, by = setNames(list(frame[[column]]), column))
}
# a total's design effect takes the same S2 with N^2
for (name in names(designs)[1:2]) {
  design <- designs[[name]][[1]]
  m <- svytotal(~visits, design, deff = TRUE)
  cases[[paste0(name, ": total of visits")]] <- list(labels = one_label("visits"), values = unname(coef(m)), std_error = as.numeric(SE(m)),
    deff = as.numeric(deff(m)), deff_replace = as.numeric(deff(svytotal(~visits, design, deff = "replace"))))
}
# weights that sum to less than n: R gives no deff and warns
small <- svydesign(ids = ~branch, strata = ~stratum, weights = ~small, data = cbind(d, small = d$weight / 1000))
seen <- ""; m <- withCallingHandlers(svymean(~visits, small, deff = TRUE), warning = function(w) { seen <<- conditionMessage(w); invokeRestart("muffleWarning") })
cases[["weights that sum to less than n"]] <- list(labels = one_label("visits"), values = unname(coef(m)), std_error = as.numeric(SE(m)),
  deff = as.numeric(deff(m)), deff_replace = as.numeric(deff(svymean(~visits, small, deff = "replace"))), warning = seen)
save_json(cases, "10_design_effects.json")

# Differences, slopes and smooth functions of one joint estimate: linear by L V L', the rest by the delta method of svycontrast.
source("tests/reference/helpers.R")
d <- read_data("straddle.csv")
designs <- list(
  "no fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, data = d),
  "fpc" = svydesign(ids = ~branch, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d))
scores <- five_scores(d)
metrics <- names(scores)
channels <- sort(unique(d$channel)); quarters <- sort(unique(d$quarter))

cases <- list()
for (name in names(designs)) {
  design <- designs[[name]]
  case <- function(what) paste0(what, ", ", name)
  by_channel <- joint(design, scores, by = list(channel = d$channel), check = FALSE)
  by_quarter <- joint(design, scores, by = list(quarter = d$quarter), check = FALSE)
  both <- joint(design, scores["csat"], by = list(channel = d$channel, quarter = d$quarter), check = FALSE)
  at <- function(estimate, ...) {
    wanted <- list(...); keep <- TRUE
    for (column in names(wanted)) keep <- keep & estimate$labels[[column]] == wanted[[column]]
    as.numeric(keep)
  }

  # one pair, all scores: app - call
  L <- t(sapply(metrics, function(m) at(by_channel, metric = m, channel = "app") - at(by_channel, metric = m, channel = "call")))
  cases[[case("app - call, five scores")]] <- linear(design, by_channel, L, one_label(metrics))
  # all pairs of csat
  pairs <- combn(channels, 2)
  L <- t(apply(pairs, 2, function(p) at(by_channel, metric = "csat", channel = p[1]) - at(by_channel, metric = "csat", channel = p[2])))
  cases[[case("all pairs of channels, csat")]] <- linear(design, by_channel, L, one_label("csat", plus = pairs[1, ], minus = pairs[2, ]))
  # two quarters
  L <- t(sapply(metrics, function(m) at(by_quarter, metric = m, quarter = "2025Q4") - at(by_quarter, metric = m, quarter = "2025Q1")))
  cases[[case("2025Q4 - 2025Q1, five scores")]] <- linear(design, by_quarter, L, one_label(metrics))
  # rows paired on the labels left over: app - call within each quarter
  L <- t(sapply(quarters, function(q) at(both, channel = "app", quarter = q) - at(both, channel = "call", quarter = q)))
  cases[[case("app - call by quarter, csat")]] <- linear(design, both, L, one_label("csat", quarter = quarters))
  # unweighted least-squares slope over the four quarters, per step of one quarter
  slope <- (1:4 - 2.5) / 5
  L <- t(sapply(metrics, function(m) {
    w <- numeric(nrow(by_quarter$labels)); for (q in 1:4) w <- w + slope[q] * at(by_quarter, metric = m, quarter = quarters[q]); w }))
  cases[[case("slope per quarter, five scores")]] <- linear(design, by_quarter, L, one_label(metrics))
  L <- t(sapply(channels, function(ch) {
    w <- numeric(nrow(both$labels)); for (q in 1:4) w <- w + slope[q] * at(both, channel = ch, quarter = quarters[q]); w }))
  cases[[case("slope per quarter by channel, csat")]] <- linear(design, both, L, one_label("csat", channel = channels))

  # smooth functions
  smooth <- function(estimate, which, formula, label) {
    names <- paste0("x", seq_along(which))
    sub <- list(values = estimate$values[which], vcov = estimate$vcov[which, which, drop = FALSE])
    found <- svycontrast(as_svystat(sub, names), formula)
    list(labels = label, values = as.numeric(coef(found)), std_error = as.numeric(SE(found)),
         vcov = matrix(as.numeric(vcov(found)), 1, 1), df = union_df(design, estimate, which))
  }
  spend <- which(by_channel$labels$metric == "spend" & by_channel$labels$channel %in% c("app", "call"))
  fcr <- which(by_channel$labels$metric == "fcr" & by_channel$labels$channel %in% c("app", "call"))
  csat <- which(by_channel$labels$metric == "csat")
  cases[[case("ratio of mean spend, app / call")]] <- smooth(by_channel, spend, quote(x1 / x2), one_label("spend", plus = "app", minus = "call"))
  cases[[case("log ratio of mean spend, app / call")]] <- smooth(by_channel, spend, quote(log(x1 / x2)), one_label("spend", plus = "app", minus = "call"))
  cases[[case("log odds of fcr, app")]] <- smooth(by_channel, fcr[1], quote(log(x1 / (100 - x1))), one_label("fcr", channel = "app"))
  cases[[case("log odds ratio of fcr, app / call")]] <- smooth(by_channel, fcr, quote(log(x1 / (100 - x1)) - log(x2 / (100 - x2))), one_label("fcr", plus = "app", minus = "call"))
  cases[[case("index: mean of csat over the four channels")]] <- smooth(by_channel, csat, quote((x1 + x2 + x3 + x4) / 4), one_label("csat"))

  # second roads: svyby + svycontrast, and regression
  answered <- subset(update(design, csat = 100 * (overall >= 4)), !is.na(csat))
  by <- svyby(~csat, ~channel, answered, svymean, covmat = TRUE)
  theirs <- svycontrast(by, list(a = c(app = 1, call = -1)))
  ours <- cases[[case("app - call, five scores")]]
  same(ours$values[1], coef(theirs), "svycontrast"); same(ours$std_error[1], SE(theirs), "svycontrast SE")
  fit <- svyglm(csat ~ relevel(factor(channel), "call"), answered)
  same(ours$values[1], coef(fit)[2], "svyglm difference"); same(ours$std_error[1], SE(fit)[2], "svyglm difference SE")
  by <- svyby(~csat, ~quarter, answered, svymean, covmat = TRUE)
  theirs <- svycontrast(by, list(slope = setNames(slope, quarters)))
  ours <- cases[[case("slope per quarter, five scores")]]
  same(ours$values[1], coef(theirs), "slope"); same(ours$std_error[1], SE(theirs), "slope SE")
  by <- svyby(~spend, ~channel, subset(design, !is.na(spend)), svymean, covmat = TRUE)
  theirs <- svycontrast(by, quote(app / call))
  ours <- cases[[case("ratio of mean spend, app / call")]]
  same(ours$values, coef(theirs), "ratio"); same(ours$std_error, SE(theirs), "ratio SE")
  by <- svyby(~resolved, ~channel, subset(design, !is.na(resolved)), svymean, covmat = TRUE)
  theirs <- svycontrast(by, quote(log(app / (1 - app)) - log(call / (1 - call))))
  ours <- cases[[case("log odds ratio of fcr, app / call")]]
  same(ours$values, coef(theirs), "log odds ratio"); same(ours$std_error, SE(theirs), "log odds ratio SE")
}
save_json(cases, "03_contrasts.json")

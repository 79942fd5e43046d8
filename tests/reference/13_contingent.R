# Contingent valuation: survreg() of survival for interval-censored amounts (its location and scale are intercept = mu / s, slope = -1 / s),
# survfit() for Turnbull's curve; the design's covariance is svyrecvar() of the influence -H^-1 u_i, u and H by differences of each row's
# log-likelihood, written out here.
source("tests/reference/helpers.R")
suppressMessages(library(survival))
d <- read.csv("data/sample/survey.csv.gz", stringsAsFactors = FALSE, na.strings = c("", "NA"))
d <- d[!is.na(d$bid_accepted) & !is.na(d$second_accepted), ]
d <- d[seq_len(1200), ]
yes <- d$bid_accepted == "yes"; again <- d$second_accepted == "yes"
limits <- list(
  double = data.frame(lower = ifelse(yes, ifelse(again, d$second_bid, d$bid), ifelse(again, d$second_bid, -Inf)),
                      upper = ifelse(yes, ifelse(again, Inf, d$second_bid), ifelse(again, d$bid, d$second_bid))),
  single = data.frame(lower = ifelse(yes, d$bid, -Inf), upper = ifelse(yes, Inf, d$bid)))
x <- cbind(1, d$service_level == "poor", d$service_level == "wow", d$technology_met)
kinds <- list("log-logistic" = c("loglogistic", TRUE), "log-normal" = c("lognormal", TRUE), weibull = c("weibull", TRUE),
              logistic = c("logistic", FALSE), normal = c("gaussian", FALSE))
above <- list("log-logistic" = plogis, "log-normal" = pnorm, weibull = function(e) exp(-exp(-e)), logistic = plogis, normal = pnorm)
half <- function(kind) if (kind == "weibull") -log(log(2)) else 0

each <- function(kind, theta, lim) {
  logged <- kinds[[kind]][2] == "TRUE"; k <- length(theta); index <- as.vector(x %*% theta[-k])
  at <- function(a, none) { g <- if (logged) suppressWarnings(log(a)) else a
    ifelse(is.finite(a), above[[kind]](index + theta[k] * ifelse(is.finite(g), g, 0)), none) }
  log(at(lim$lower, 1) - at(lim$upper, 0))
}
scores <- function(kind, theta, lim, steps) sapply(seq_along(theta), function(j) {
  h <- steps[j]; e <- replace(0 * theta, j, h)
  one <- function(h) (each(kind, theta + h * e, lim) - each(kind, theta - h * e, lim)) / (2 * h)
  (4 * one(.5) - one(1)) / 3 / h })
hessian <- function(kind, theta, lim, w, steps) sapply(seq_along(theta), function(j) {
  h <- steps[j]; e <- replace(0 * theta, j, h)
  one <- function(s) colSums(w * (scores(kind, theta + s * e, lim, steps) - scores(kind, theta - s * e, lim, steps))) / (2 * s)
  (4 * one(.5) - one(1)) / 3 / h })

cases <- list()
for (format in names(limits)) for (kind in names(kinds)) for (weighted in c(FALSE, TRUE)) {
  lim <- limits[[format]]; w <- if (weighted) d$weight / mean(d$weight) else rep(1, nrow(d))
  y <- Surv(ifelse(is.finite(lim$lower), lim$lower, NA), ifelse(is.finite(lim$upper), lim$upper, NA), type = "interval2")
  model <- survreg(y ~ x[, -1], dist = kinds[[kind]][1], weights = w, control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  theta <- unname(c(coef(model), -1) / model$scale); k <- length(theta)
  steps <- .02 * sqrt(diag(vcov(model))) * c(rep(1, k - 1) / model$scale, 1 / model$scale)  # parts of standard errors
  u <- scores(kind, theta, lim, steps)
  stopifnot(max(abs(colSums(w * u))) < 1e-5, abs(sum(w * each(kind, theta, lim)) - model$loglik[2]) < 1e-7)
  z <- u %*% solve(-hessian(kind, theta, lim, w, steps))
  design <- if (weighted) svydesign(~branch, strata = ~region, weights = ~weight, data = d) else svydesign(~1, weights = ~1, data = d)
  vcov <- unname(svyrecvar(z * w, design$cluster, design$strata, design$fpc))
  point <- c(1, 0, 1, 4)  # wow, technology met 4
  median <- (half(kind) - sum(point * theta[-k])) / theta[k]; slope <- -c(point, median) / theta[k]
  if (kinds[[kind]][2] == "TRUE") { median <- exp(median); slope <- slope * median }
  top <- max(c(lim$lower, lim$upper)[is.finite(c(lim$lower, lim$upper))])
  truncated <- integrate(function(a) above[[kind]](sum(point * theta[-k]) + theta[k] * (if (kinds[[kind]][2] == "TRUE") log(a) else a)),
                         0, top, rel.tol = 1e-11)$value
  cases[[paste0(format, ", ", kind, if (weighted) ", weights, strata and clusters" else ", simple random sample")]] <-
    list(format = format, distribution = kind, weighted = weighted, values = theta, std_error = sqrt(diag(vcov)), vcov = vcov,
         log_likelihood = model$loglik[2], median = median, median_std_error = sqrt(as.vector(slope %*% vcov %*% slope)), truncated_mean = truncated)
}
for (format in names(limits)) {
  lim <- limits[[format]]
  y <- Surv(ifelse(is.finite(lim$lower), lim$lower, NA), ifelse(is.finite(lim$upper), lim$upper, NA), type = "interval2")
  prices <- sort(unique(c(lim$lower, lim$upper))); prices <- prices[is.finite(prices)]
  fit <- survfit(y ~ 1, weights = d$weight)
  # a step of survfit() lies inside the interval that has the mass, or at its upper end: read it at each price
  shares <- sapply(prices, function(b) { s <- fit$surv[fit$time <= b + 1e-9]; if (length(s)) tail(s, 1) else 1 })
  cases[[paste0("turnbull, ", format)]] <- list(format = format, prices = prices, values = shares)
}
exact <- survreg(Surv(spend) ~ 1, dist = "loglogistic", data = d, subset = spend > 0, control = survreg.control(rel.tolerance = 1e-13))
cases[["exact amounts, log-logistic"]] <- list(values = unname(c(coef(exact), -1) / exact$scale), log_likelihood = exact$loglik[2])
save_json(cases, "13_contingent.json")

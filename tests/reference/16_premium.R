# Experience premium: survreg() of survival (dist = "gaussian") for amounts censored at 0 and from 100 on, and for amounts between
# bids. Means by level at the weighted means of the adjusting columns; the design's covariance is svyrecvar() of each row's influence
# -H^-1 u_i, u written out here; -H is the information of survreg(), checked by differences of the sum of u. Where amounts are exact or
# open, the covariance of the coefficients is that of svysurvreg(), too. Between two limits it is not, for residuals.survreg(type =
# "dfbeta"), on which svysurvreg() rests, are then no scores: their weighted sum is not 0 (both sums are printed).
source("tests/reference/helpers.R")
suppressMessages(library(survival))
d <- read.csv("data/sample/survey.csv.gz", stringsAsFactors = FALSE, na.strings = c("", "NA"))
d <- d[!is.na(d$spend) & !is.na(d$bid_accepted) & !is.na(d$second_accepted), ]
d <- d[seq_len(1500), ]
d$level <- factor(d$service_level, c("poor", "adequate", "wow"))
d$tenure <- factor(d$tenure)
yes <- d$bid_accepted == "yes"; again <- d$second_accepted == "yes"
d$from <- ifelse(yes, ifelse(again, d$second_bid, d$bid), ifelse(again, d$second_bid, NA))
d$to <- ifelse(yes, ifelse(again, NA, d$second_bid), ifelse(again, d$bid, d$second_bid))
d$low <- ifelse(d$spend == 0, NA, pmin(d$spend, 100)); d$high <- ifelse(d$spend >= 100, NA, d$spend)
exactly <- survreg.control(rel.tolerance = 1e-14, maxiter = 200)

cases <- list()
for (answers in c("spend", "bids")) for (adjusted in c(FALSE, TRUE)) for (weighted in c(FALSE, TRUE)) {
  d$w <- if (weighted) d$weight / mean(d$weight) else 1
  d$y <- if (answers == "spend") Surv(d$low, d$high, type = "interval2") else Surv(d$from, d$to, type = "interval2")
  f <- if (adjusted) y ~ level + tenure + technology_met else y ~ level
  model <- survreg(f, data = d, dist = "gaussian", weights = w, control = exactly)
  design <- if (weighted) svydesign(~branch, strata = ~region, weights = ~w, data = d) else svydesign(~1, weights = ~w, data = d)
  x <- model.matrix(f[-2], d); k <- ncol(x)
  low <- if (answers == "spend") d$low else d$from; high <- if (answers == "spend") d$high else d$to
  scores <- function(theta) {  # by the coefficients and the logarithm of the scale
    s <- exp(theta[k + 1]); mu <- as.vector(x %*% theta[seq_len(k)])
    a <- ifelse(is.na(low), -Inf, (low - mu) / s); b <- ifelse(is.na(high), Inf, (high - mu) / s)
    exact <- is.finite(a) & is.finite(b) & a == b; p <- pnorm(b) - pnorm(a)
    times <- function(e) ifelse(is.finite(e), e * dnorm(e), 0)
    cbind(x * ifelse(exact, a / s, (dnorm(a) - dnorm(b)) / (s * p)), ifelse(exact, a^2 - 1, (times(a) - times(b)) / p))
  }
  at <- c(coef(model), log(model$scale)); h <- 1e-3 * sqrt(diag(vcov(model))) * sqrt(nrow(d)) / 30
  hessian <- sapply(seq_along(at), function(j) {
    one <- function(h) (colSums(d$w * scores(at + h * (seq_along(at) == j))) - colSums(d$w * scores(at - h * (seq_along(at) == j)))) / (2 * h)
    (4 * one(h[j] / 2) - one(h[j])) / 3 })
  stopifnot(max(abs(colSums(d$w * scores(at)))) < 1e-4)
  information <- solve(vcov(model)); root <- sqrt(diag(hessian) %o% diag(hessian))
  stopifnot(max(abs(information + hessian) / root) < 1e-9)
  cat(answers, adjusted, weighted, "largest sum of influence in standard errors, written out:",
      max(abs(colSums(d$w * scores(at) %*% vcov(model))) / sqrt(diag(vcov(model)))), "by dfbeta:",
      max(abs(colSums(d$w * residuals(model, type = "dfbeta"))) / sqrt(diag(vcov(model)))), "\n")
  z <- (scores(at) %*% solve(-hessian))[, seq_len(k)]
  if (answers == "spend") second <- svysurvreg(f, design, dist = "gaussian", control = exactly)
  if (answers == "spend") same(coef(model), coef(second), "coefficients", 1e-7)
  if (answers == "spend") same(svyrecvar(z * d$w, design$cluster, design$strata, design$fpc), vcov(second)[seq_along(coef(model)), seq_along(coef(model))], "covariance", 1e-5)
  average <- colSums(x * d$w) / sum(d$w)
  point <- t(sapply(0:2, function(k) replace(average, 2:3, c(k == 1, k == 2))))
  # a row moves a mean through the coefficients, and through the mean of each adjusting column
  moved <- sweep(x, 2, average) / sum(d$w); moved[, 1:3] <- 0
  influence <- z %*% t(point) + as.vector(moved %*% coef(model))
  steps <- rbind(c(-1, 1, 0), c(0, -1, 1), c(-1, 0, 1), c(-.5, 0, .5), c(1, -2, 1))  # steps, overall, per step, flattens
  vcov <- unname(svyrecvar(influence * d$w, design$cluster, design$strata, design$fpc))
  means <- as.vector(point %*% coef(model))
  cases[[paste0(answers, if (adjusted) ", adjusted", if (weighted) ", weights, strata and clusters" else ", simple random sample")]] <-
    list(answers = answers, adjusted = adjusted, weighted = weighted, means = means, vcov = vcov, scale = model$scale,
         log_likelihood = model$loglik[2], functions = as.vector(steps %*% means), functions_std_error = sqrt(diag(steps %*% vcov %*% t(steps))))
}
save_json(cases, "16_premium.json")

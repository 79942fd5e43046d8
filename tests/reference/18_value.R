# Value of service: mean outcome by level for the same customers, by regression standardisation, by weighting with the inverse of the
# chance of the level, and by both. Coefficients by svyglm() (one model with all interactions is one regression a level; chances are a
# multinomial logit, fitted by a logistic regression of each level against the most frequent one among the rows of these two: Begg and
# Gray 1984). Covariance: the estimating equations of all coefficients and means are stacked, their
# derivative is taken by differences, and svyrecvar() is given each row's influence, so the errors of estimated chances are in.
# Checks against survey's own: vcov(svyglm) of coefficients (of chances on the subset of two levels), svyby and svycontrast of svyglm where
# nothing is adjusted for, svycontrast at known means of the columns, and both parts of svypredmeans() (which leaves out that the two parts
# are correlated). Chances fitted two levels at a time are checked against a full multinomial logit, nnet::multinom(), in 300,000 rows drawn
# by one, where both estimate the same.
source("tests/reference/helpers.R")
d <- read.csv("data/sample/survey.csv.gz", stringsAsFactors = FALSE, na.strings = c("", "NA"))
d <- d[complete.cases(d[, c("spend", "renewed", "service_level", "tenure", "technology_met", "segment")]), ]
d <- d[seq_len(1500), ]
levels <- c("poor", "adequate", "wow")
d$level <- factor(d$service_level, levels); d$tenure <- factor(d$tenure); d$segment <- factor(d$segment)
d$renewal <- 100 * (d$renewed == "yes")
exactly <- glm.control(epsilon = 1e-15, maxit = 200)
families <- list(identity = gaussian(), logit = quasibinomial(), log = quasipoisson())

designs <- list(
  "simple random sample" = svydesign(~1, weights = ~I(rep(1, nrow(d))), data = d),
  "weights, strata and clusters" = svydesign(~branch, strata = ~region, weights = ~I(weight / mean(weight)), data = d))
spread <- function(z, design) unname(svyrecvar(z * weights(design), design$cluster, design$strata, design$fpc))

# Derivative of the total of the estimating functions, by central differences, once extrapolated.
derivative <- function(total, at, size) {
  h <- 1e-3 * size
  sapply(seq_along(at), function(j) {
    one <- function(h) (total(replace(at, j, at[j] + h)) - total(replace(at, j, at[j] - h))) / (2 * h)
    (4 * one(h[j] / 2) - one(h[j])) / 3 })
}

# theta: coefficients of the chances (a logistic regression of each level but the base), of the outcome (three), and the three means.
base_of <- function(level, w) which.max(tapply(w, level, sum))
stacked <- function(design, y, link, method, among, adjusted = TRUE) {
  w <- weights(design); f <- if (adjusted) ~ tenure + technology_met + segment else ~1
  x <- model.matrix(f, d); k <- ncol(x); inverse <- families[[link]]$linkinv
  z <- if (method == "weight") x[, 1, drop = FALSE] else x; p <- ncol(z)
  if (method == "weight") inverse <- identity
  here <- sapply(levels, function(one) as.numeric(d$level == one))
  population <- if (is.null(among)) rep(1, nrow(d)) else here[, among]
  base <- base_of(d$level, w); rest <- setdiff(1:3, base); two <- here[, rest] + here[, base]
  index <- function(c) { i <- matrix(0, nrow(d), 3); i[, rest] <- x %*% matrix(c, k); i }
  v <- function(c) { e <- exp(index(c)); e <- e / rowSums(e); colnames(e) <- levels
    if (method == "standardise") e * 0 + 1 else if (is.null(among)) 1 / e else e[, among] / e }
  split <- function(theta) list(c = theta[1:(2 * k)], b = matrix(theta[2 * k + 1:(3 * p)], p), mu = theta[2 * k + 3 * p + 1:3])
  scores <- function(theta) {
    t <- split(theta); pair <- plogis(index(t$c)[, rest]); vv <- v(t$c); m <- inverse(z %*% t$b)
    cbind(do.call(cbind, lapply(1:2, function(j) x * (two[, j] * (here[, rest[j]] - pair[, j])))),
          do.call(cbind, lapply(1:3, function(j) z * (here[, j] * vv[, j] * (y - m[, j])))),
          population * sweep(m, 2, t$mu))
  }
  d2 <- design
  c <- unlist(lapply(1:2, function(j) {
    d2$variables$here <- here[, rest[j]]
    coef(svyglm(update(f, here ~ .), subset(d2, two[, j] == 1), family = quasibinomial(), control = exactly)) }))
  b <- sapply(1:3, function(j) {
    d2$variables$y <- y; d2$prob <- design$prob / v(c)[, j]
    part <- subset(d2, here[, j] == 1)
    family <- if (method == "weight") gaussian() else families[[link]]
    coef(svyglm(if (method == "weight") y ~ 1 else update(f, y ~ .), part, family = family, control = exactly)) })
  b <- matrix(b, p)
  m <- inverse(z %*% b)
  theta <- c(c, b, colSums(w * population * m) / sum(w * population))
  total <- function(theta) colSums(w * scores(theta))
  size <- c(rep(1 / apply(x, 2, function(one) max(1, sd(one))), 2), rep(if (link == "identity" || method == "weight") sd(y) else 1, 3 * p), rep(sd(y), 3))
  stopifnot(abs(total(theta)) < 1e-6 * nrow(d) * max(1, abs(y)))
  influence <- -scores(theta) %*% t(solve(derivative(total, theta, size)))
  stopifnot(abs(colSums(w * influence)) < 1e-5)
  list(theta = theta, influence = influence, means = length(theta) - 2:0, outcome = 2 * k + 1:(3 * p), chances = 1:(2 * k), rest = rest, base = base,
       b = b, x = x)
}

# ---- checks of the machine against survey's own functions -------------------------------------------------------------------------
for (name in names(designs)) for (link in names(families)) {
  design <- designs[[name]]; y <- if (link == "logit") d$renewal / 100 else d$spend
  design <- update(design, y = y, dev = 1)
  # one regression a level is the model with all interactions; its covariance is that of the stack
  model <- svyglm(y ~ 0 + level + level:(tenure + technology_met + segment), design, family = families[[link]], control = exactly)
  made <- stacked(design, y, link, "standardise", NULL)
  at <- unlist(lapply(levels, function(one) {
    own <- paste0("level", one); c(own, paste0(own, ":", colnames(made$x)[-1])) }))
  same(made$theta[made$outcome], coef(model)[at], paste(name, link, "coefficients"), 1e-7)
  same(spread(made$influence[, made$outcome], design), vcov(model)[at, at], paste(name, link, "covariance of coefficients"), 1e-5)
  # chances: each level against the most frequent one, on the subset of these two
  for (j in 1:2) {
    own <- made$chances[(j - 1) * ncol(made$x) + seq_len(ncol(made$x))]
    each <- subset(update(design, here = as.numeric(level == levels[made$rest[j]])), level %in% levels[c(made$rest[j], made$base)])
    glm <- svyglm(here ~ tenure + technology_met + segment, each, family = quasibinomial(), control = exactly)
    same(made$theta[own], coef(glm), "chances", 1e-7)
    same(spread(made$influence[, own], design), vcov(glm), "covariance of chances", 1e-5)
  }
  # nothing adjusted for: svyglm(y ~ level), svycontrast, svyby
  plain <- stacked(design, y, link, "standardise", NULL, adjusted = FALSE)
  by <- svyby(~y, ~level, design, svymean, covmat = TRUE)
  same(plain$theta[plain$means], coef(by), "unadjusted means", 1e-9)
  same(spread(plain$influence[, plain$means], design), vcov(by), "unadjusted covariance", 1e-7)
  if (link == "identity") {
    steps <- svycontrast(svyglm(y ~ level, design), list(one = c(0, 1, 0), two = c(0, -1, 1)))
    mine <- rbind(c(-1, 1, 0), c(0, -1, 1))
    same(mine %*% spread(plain$influence[, plain$means], design) %*% t(mine), vcov(steps), "unadjusted steps", 1e-7)
    # the columns' means known: only coefficients vary
    known <- svymean(made$x, design)
    point <- t(sapply(1:3, function(j) replace(rep(0, length(at)), (j - 1) * ncol(made$x) + seq_len(ncol(made$x)), coef(known))))
    rows <- lapply(1:3, function(i) setNames(point[i, match(names(coef(model)), at)], names(coef(model))))
    conditional <- svycontrast(model, rows)
    same(coef(conditional), made$theta[made$means], "means at known means of columns", 1e-7)
    same(point %*% spread(made$influence[, made$outcome], design) %*% t(point), vcov(conditional), "conditional covariance", 1e-5)
    rest <- made$influence[, made$means] - made$influence[, made$outcome] %*% t(point)
    averaged <- svymean(sapply(1:3, function(j) made$x %*% made$b[, j]), design)
    same(spread(rest, design), vcov(averaged), "part of the columns", 1e-5)
  }
  # svypredmeans: one model without interactions; its two parts, and what it leaves out
  main <- svyglm(y ~ tenure + technology_met + segment, design, family = families[[link]], control = exactly)
  margins <- svypredmeans(main, ~level, predictat = factor(levels, levels))
  whole <- svyglm(y ~ tenure + technology_met + segment + level, design, family = families[[link]], control = exactly)
  x <- model.matrix(whole); w <- weights(design); m <- fitted(whole); slope <- families[[link]]$mu.eta(whole$linear.predictors)
  z <- x * as.vector(y - m) %*% t(rep(1, ncol(x))); z <- z %*% solve(crossprod(x, x * (w * slope)))
  same(spread(z, design), vcov(whole), "own influence of one model", 1e-6)
  parts <- lapply(levels, function(one) {
    at <- x; at[, c("leveladequate", "levelwow")] <- cbind(rep(one == "adequate", nrow(d)), one == "wow")
    eta <- as.vector(at %*% coef(whole)); p <- families[[link]]$linkinv(eta)
    list(mean = sum(w * p) / sum(w), columns = (p - sum(w * p) / sum(w)) / sum(w),
         model = as.vector(z %*% (colSums(w * families[[link]]$mu.eta(eta) * at) / sum(w)))) })
  one <- sapply(parts, `[[`, "columns"); two <- sapply(parts, `[[`, "model")
  same(sapply(parts, `[[`, "mean"), coef(margins), "svypredmeans", 1e-7)
  same(spread(two, design), attr(vcov(margins), "parts")[[1]], "svypredmeans, model", 1e-6)
  same(spread(one, design), attr(vcov(margins), "parts")[[2]], "svypredmeans, columns", 1e-6)
  cat(name, link, "standard errors with the parts' covariance over those of svypredmeans:",
      format(sqrt(diag(spread(one + two, design)) / diag(vcov(margins))), digits = 4), "\n")
}

# ---- two levels at a time against a full multinomial logit --------------------------------------------------------------------------
# In rows drawn by a multinomial logit both estimate the same coefficients; their difference has the spread of the difference of their
# influences. On the sample, whose levels no multinomial logit drew, they are shown to be near.
full_logit <- function(x, level, base, w = rep(1, nrow(x))) {
  own <- data.frame(level = relevel(level, levels(level)[base]))
  fit <- nnet::multinom(level ~ 0 + x, own, weights = w, maxit = 1000, reltol = 1e-14, abstol = 0, trace = FALSE)
  list(c = t(coef(fit)), chance = fitted(fit)[, levels(level)])
}
set.seed(18)
n <- 300000; x <- cbind(1, rnorm(n), rbinom(n, 1, 0.4)); given <- cbind(c(-0.9, -0.7, 0.4), 0, c(-0.8, 0.6, -0.5))
odds <- exp(x %*% given); chance <- odds / rowSums(odds)
drawn <- factor(levels[1 + rowSums(runif(n) > t(apply(chance, 1, cumsum)))], levels)
base <- base_of(drawn, rep(1, n)); rest <- setdiff(1:3, base); here <- sapply(levels, function(one) as.numeric(drawn == one))
stopifnot(base == 2)
full <- full_logit(x, drawn, base)
pairs <- lapply(rest, function(j) {
  rows <- here[, j] + here[, base] == 1
  fit <- glm.fit(x[rows, ], here[rows, j], family = binomial(), control = list(epsilon = 1e-14, maxit = 50))
  p <- as.vector(plogis(x %*% fit$coefficients))
  list(c = fit$coefficients, influence = (x * (rows * (here[, j] - p))) %*% solve(crossprod(x, x * (rows * p * (1 - p))))) })
at <- full$chance[, rest]
information <- rbind(cbind(crossprod(x, x * (at[, 1] * (1 - at[, 1]))), -crossprod(x, x * (at[, 1] * at[, 2]))),
                     cbind(-crossprod(x, x * (at[, 1] * at[, 2])), crossprod(x, x * (at[, 2] * (1 - at[, 2])))))
score <- cbind(x * (here[, rest[1]] - at[, 1]), x * (here[, rest[2]] - at[, 2]))
stopifnot(abs(colSums(score)) < 1e-3 * sqrt(n))
by_two <- cbind(pairs[[1]]$influence, pairs[[2]]$influence); by_all <- score %*% solve(information)
apart <- c(pairs[[1]]$c, pairs[[2]]$c) - as.vector(full$c)
between <- crossprod(by_two - by_all); stopifnot(eigen(between)$values > 0)
apart_in_errors <- apart / sqrt(diag(between))
truth_in_errors <- (c(pairs[[1]]$c, pairs[[2]]$c) - as.vector(given[, rest])) / sqrt(colSums(by_two^2))
chi2 <- as.numeric(apart %*% solve(between, apart))
cat("two levels at a time less all at once,", n, "rows: coefficients differ by at most", format(max(abs(apart)), digits = 2), "=",
    format(max(abs(apart_in_errors)), digits = 3), "standard errors of the difference (chi-squared of 6:", format(chi2, digits = 3),
    "), from those they were drawn by at most", format(max(abs(truth_in_errors)), digits = 3), "; standard errors are",
    format(range(sqrt(colSums(by_two^2) / colSums(by_all^2))), digits = 4), "times the full logit's\n")
stopifnot(abs(apart_in_errors) < 3.5, chi2 < qchisq(0.999, 6), abs(truth_in_errors) < 3.5)
for (name in names(designs)) {
  w <- weights(designs[[name]]); x <- model.matrix(~ tenure + technology_met + segment, d)
  made <- stacked(designs[[name]], d$spend, "identity", "weight", NULL)
  index <- matrix(0, nrow(d), 3); index[, made$rest] <- x %*% matrix(made$theta[made$chances], ncol(x))
  e <- exp(index); e <- e / rowSums(e); full <- full_logit(x, d$level, made$base, w)
  means <- sapply(1:3, function(j) weighted.mean(d$spend[d$level == levels[j]], (w / full$chance[, j])[d$level == levels[j]]))
  in_errors <- abs(means - made$theta[made$means]) / sqrt(diag(spread(made$influence[, made$means], designs[[name]])))
  cat("sample,", name, ": chances differ by at most", format(100 * max(abs(e - full$chance)), digits = 2), "points, weighted means by",
      format(in_errors, digits = 2), "standard errors\n")
  stopifnot(abs(rowSums(full$chance) - 1) < 1e-9, abs(e - full$chance) < 0.01, in_errors < 0.05)
}

# ---- values -----------------------------------------------------------------------------------------------------------------------
functions <- rbind(c(-1, 1, 0), c(0, -1, 1), c(-1, 0, 1), c(1, -2, 1))  # steps, overall, flattens
cases <- list()
for (name in names(designs)) for (link in names(families)) for (method in c("none", "standardise", "weight", "both")) for (among in c("", "poor")) {
  if (method == "none" && (among == "poor" || link == "log")) next
  design <- designs[[name]]; renewal <- link == "logit"; y <- if (renewal) d$renewal / 100 else d$spend
  made <- stacked(design, y, link, if (method == "none") "standardise" else method, if (among == "") NULL else among, method != "none")
  one <- if (renewal) 100 else 1
  means <- one * made$theta[made$means]; vcov <- one^2 * spread(made$influence[, made$means], design)
  cases[[paste0(if (renewal) "renewed" else "spend", ", ", link, ", ", method, if (among != "") ", among poor", ", ", name)]] <-
    list(outcome = if (renewal) "renewed" else "spend", link = link, method = method, among = among, weighted = name != "simple random sample",
         means = means, vcov = vcov, functions = as.vector(functions %*% means), functions_std_error = sqrt(diag(functions %*% vcov %*% t(functions))))
}
for (method in c("standardise", "weight", "both")) {  # two outcomes have one covariance
  design <- designs[[2]]
  both <- list(stacked(design, d$spend, "identity", method, NULL), stacked(design, d$renewal / 100, "logit", method, NULL))
  influence <- cbind(both[[1]]$influence[, both[[1]]$means], 100 * both[[2]]$influence[, both[[2]]$means])
  cases[[paste0("spend and renewed, ", method, ", ", names(designs)[2])]] <-
    list(outcome = I(c("spend", "renewed")), link = "", method = method, among = "", weighted = TRUE,
         means = c(both[[1]]$theta[both[[1]]$means], 100 * both[[2]]$theta[both[[2]]$means]), vcov = spread(influence, design))
}
save_json(cases, "18_value.json")

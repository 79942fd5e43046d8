# Conditional logit: clogit() of survival for coefficients, log-likelihood and the model's covariance; the design's covariance is
# svyrecvar() of the choice sets' influence H^-1 s by hand; willingness to pay by the delta method, Fieller's limits by polyroot().
source("tests/reference/helpers.R")
suppressMessages(library(survival))
sample <- read.csv("data/sample/choices.csv.gz", stringsAsFactors = FALSE)
sample$chosen <- sample$chosen %in% c("True", "true", "TRUE")
who <- as.integer(sub("chooser-", "", sample$respondent))
sample$set <- who * 100 + sample$task
sample$weight <- 1 + (who %% 5) / 2
sample$stratum <- who %% 3
sample$half <- ifelse(who %% 2 == 0, "even", "odd")
terms <- c("price", "wait", "channel: branch", "channel: phone", "expertise: expert")
design_matrix <- function(d) cbind(d$price, d$wait, d$channel == "branch", d$channel == "phone", d$expertise == "expert") * 1

fit <- function(d, weighted) {
  d$w <- if (weighted) d$weight / mean(d$weight[d$chosen]) else rep(1, nrow(d))
  x <- design_matrix(d)
  model <- clogit(chosen ~ x + strata(set), d, weights = d$w, method = "breslow")
  b <- unname(coef(model)); u <- exp(as.vector(x %*% b)); p <- u / ave(u, d$set, FUN = sum)
  score <- rowsum(x * (d$chosen - p), d$set); own <- if (is.null(model$naive.var)) vcov(model) else model$naive.var
  own_weight <- sum((d$w * log(d$w))[d$chosen])  # coxph weighs the sum over the set, too
  likeliest <- abs(p - ave(p, d$set, FUN = max)) < 1e-12; likeliest <- likeliest / ave(likeliest, d$set, FUN = sum)
  one <- d[!duplicated(d$set), ]; one <- one[order(one$set), ]
  list(b = b, vcov = unname(own), log_likelihood = model$loglik[2] + own_weight, null = model$loglik[1] + own_weight,
       hit = 100 * sum((d$w * likeliest)[d$chosen]) / sum(d$w[d$chosen]), one = one, influence = score %*% own)
}
recvar <- function(z, one, stratified) {
  one$s <- if (stratified) one$stratum else 1
  design <- svydesign(~respondent, strata = ~s, data = one, weights = ~1)
  unname(svyrecvar(z, design$cluster, design$strata, design$fpc))
}
worth <- function(b, v) {
  j <- cbind(b[-1] / b[1]^2, diag(-1 / b[1], length(b) - 1))
  list(wtp = -b[-1] / b[1], wtp_vcov = j %*% v %*% t(j))
}
fieller <- function(b, v, df, level = .95) {
  t2 <- qt((1 + level) / 2, df)^2
  t(sapply(2:length(b), function(k) sort(Re(polyroot(c(b[k]^2 - t2 * v[k, k], 2 * (b[k] * b[1] - t2 * v[k, 1]), b[1]^2 - t2 * v[1, 1]))))))
}
offers <- rbind(c(20, 15, 1, 0, 0), c(40, 5, 0, 1, 1), c(30, 1, 0, 0, 0))
shares <- function(b, v) {
  p <- exp(offers %*% b); p <- as.vector(p / sum(p)); j <- p * sweep(offers, 2, as.vector(p %*% offers))
  list(shares = 100 * p, shares_vcov = 1e4 * j %*% v %*% t(j))
}
case <- function(d, weighted, stratified) {
  f <- fit(d, weighted); w <- if (weighted) f$one$weight / mean(f$one$weight) else 1
  v <- recvar(f$influence * w, f$one, stratified)
  df <- length(unique(f$one$respondent)) - (if (stratified) 3 else 1)
  c(list(terms = terms, b = f$b, vcov = v, vcov_model = f$vcov, df = df, log_likelihood = f$log_likelihood, null = f$null, hit = f$hit,
         fieller = fieller(f$b, v, df)), worth(f$b, v), shares(f$b, v))
}
unequal <- sample[!(sample$alternative == "C" & !sample$chosen & who %% 4 == 0), ]
halves <- lapply(split(sample, sample$half), fit, weighted = FALSE)
everyone <- fit(sample, FALSE)$one
z <- do.call(cbind, lapply(halves, function(f) { out <- matrix(0, nrow(everyone), 5); out[match(f$one$set, everyone$set), ] <- f$influence; out }))
order_terms <- as.vector(rbind(1:5, 6:10))
cases <- list(simple = case(sample, FALSE, FALSE), weighted = case(sample, TRUE, TRUE), unequal = case(unequal, FALSE, FALSE),
  halves = list(groups = names(halves), terms = terms, b = unlist(lapply(halves, `[[`, "b"))[order_terms],
                vcov = recvar(z, everyone, FALSE)[order_terms, order_terms],
                log_likelihood = sum(sapply(halves, `[[`, "log_likelihood"))))
write_json(lapply(cases, function(x) lapply(x, unname)), file.path(folder, "14_choice.json"),
           digits = NA, auto_unbox = TRUE, pretty = TRUE)
cat("14_choice.json :", length(cases), "cases\n")

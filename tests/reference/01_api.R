# R survey's example data: the published numbers, and every piece they are made of.
source("tests/reference/helpers.R")
strat <- read_data("apistrat.csv"); srs <- read_data("apisrs.csv"); clus <- read_data("apiclus1.csv")
apistrat <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
apisrs <- svydesign(ids = ~1, weights = ~pw, fpc = ~fpc, data = srs)
apiclus1 <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = clus)
designs <- list(apistrat = list(apistrat, strat), apisrs = list(apisrs, srs), apiclus1 = list(apiclus1, clus))
cases <- list()
for (name in names(designs)) {
  design <- designs[[name]][[1]]; d <- designs[[name]][[2]]
  case <- function(what) paste0(name, ": ", what)
  cases[[case("means")]] <- c(
    joint(design, list(api00 = mean_of(d$api00), api99 = mean_of(d$api99), "api00 - api99" = mean_of(d$api00 - d$api99))),
    list(deff = unname(deff(svymean(~api00 + api99 + I(api00 - api99), design, deff = TRUE))),
         deff_replace = unname(deff(svymean(~api00 + api99 + I(api00 - api99), design, deff = "replace")))))
  cases[[case("totals")]] <- joint(design, list(enroll = total_of(d$enroll), api.stu = total_of(d$api.stu)))
  cases[[case("ratio")]] <- joint(design, list("api.stu / enroll" = ratio_of(d$api.stu, d$enroll)))
  cases[[case("means by stype")]] <- joint(design, list(api00 = mean_of(d$api00), api99 = mean_of(d$api99)), by = list(stype = d$stype))
  cases[[case("totals by stype")]] <- joint(design, list(enroll = total_of(d$enroll)), by = list(stype = d$stype))
  cases[[case("means where comp.imp == Yes")]] <- joint(design, list(api00 = mean_of(d$api00)), where = d$comp.imp == "Yes")
  by <- joint(design, list(api00 = mean_of(d$api00)), by = list(comp.imp = d$comp.imp))
  cases[[case("means by comp.imp")]] <- by
  difference <- linear(design, by, c(-1, 1), one_label("api00", plus = "Yes", minus = "No"))
  test <- svyttest(api00 ~ comp.imp, design)
  same(difference$values, test$estimate, "difference"); same(difference$values / difference$std_error, test$statistic, "t")
  t <- difference$values / difference$std_error
  cases[[case("comp.imp t test")]] <- c(difference, list(t = t, p_value = 2 * pt(-abs(t), difference$df),
    r_df = unname(test$parameter), r_p_value = unname(as.numeric(test$p.value))))
  cases[[case("degf")]] <- list(df = degf(design), n = nrow(d), psus = length(unique(design$cluster[, 1])),
    strata = length(unique(design$strata[, 1])))
  w <- weights(design)
  cases[[case("kish")]] <- list(deff = mean(w^2) / mean(w)^2, n_effective = sum(w)^2 / sum(w^2))

  found <- svyquantile(~api00, design, c(.25, .5, .75))$api00
  old <- oldsvyquantile(~api00, design, c(.25, .5, .75), ci = TRUE)
  cases[[case("quartiles of api00")]] <- list(labels = data.frame(p = c(.25, .5, .75)), values = found[, 1],
    conf_low = found[, 2], conf_high = found[, 3], std_error = found[, 4], df = rep(degf(design), 3),
    older_values = as.numeric(old$quantiles), older_conf_low = old$CIs[1, , 1], older_conf_high = old$CIs[2, , 1])
  # which rules and intervals of the new function give which limits
  rules <- c("math", "school", "shahvaish", paste0("hf", 1:9)); intervals <- c("mean", "beta", "xlogit", "asin", "score")
  tried <- expand.grid(interval = intervals, qrule = rules, stringsAsFactors = FALSE)
  for (k in 1:nrow(tried)) {
    got <- tryCatch(svyquantile(~api00, design, c(.25, .5, .75), qrule = tried$qrule[k], interval.type = tried$interval[k])$api00[, 1:3],
                    error = function(e) matrix(NA, 3, 3))
    tried[k, c("q25", "low25", "high25", "q50", "low50", "high50", "q75", "low75", "high75")] <- as.numeric(t(got))
  }
  cases[[case("quartiles of api00, all rules")]] <- list(rows = tried)

  share <- update(design, no = as.numeric(sch.wide == "No"))
  m <- svymean(~no, share); p <- unname(coef(m)); v <- as.numeric(vcov(m)); df <- degf(design); n <- nrow(d)
  fields <- list(values = p, std_error = sqrt(v), df = df, n = n)
  for (method in c("logit", "likelihood", "beta", "mean", "xlogit", "asin")) {
    ci <- as.numeric(attr(svyciprop(~no, share, method = method), "ci"))
    fields[[method]] <- list(conf_low = ci[1], conf_high = ci[2])
  }
  n_eff <- p * (1 - p) / v; adjusted <- n_eff * (qt(.025, n - 1) / qt(.025, df))^2; capped <- min(n, adjusted)
  fields$n_effective <- n_eff; fields$n_effective_beta <- adjusted
  fields$korn_graubard_capped <- list(conf_low = qbeta(.025, capped * p, capped * (1 - p) + 1), conf_high = qbeta(.975, capped * p + 1, capped * (1 - p)))
  cases[[case("share of sch.wide No")]] <- fields
}
# values known from the package's documentation
same(cases[["apistrat: means"]]$values[1], 662.2873632, "api00", 1e-8)
same(cases[["apistrat: means"]]$std_error[1], 9.4089408, "SE", 1e-7)
same(cases[["apistrat: means"]]$deff[1], 1.20446, "deff", 1e-5)
same(cases[["apiclus1: means"]]$std_error[1], 23.542241, "SE", 1e-7)
same(cases[["apiclus1: means"]]$deff[1], 9.34587, "deff", 1e-5)
same(cases[["apistrat: quartiles of api00"]]$conf_low, c(535, 642, 726), "Woodruff")
same(cases[["apistrat: quartiles of api00"]]$conf_high, c(597, 694, 778), "Woodruff")
save_json(cases, "01_api.json")

"""The five articles that make the claims."""

DAWSON = "3 Reasons Why 'Customer Experience' Often Doesn't Cut It (Dawson)"
DEMYSTIFY = "We need to Demystify 'Customer Experience', because 'Customer Service' is NOT Getting Better"
POWERNET = "Customer Experience: Am I Doing This Right? (Powernet)"
IS_NOT = "Customer Experience - Some Key Things it is NOT"
CLIENTOSCOPE = "Fact v. Fiction: 10 Myths About Customer Experience (Clientoscope)"

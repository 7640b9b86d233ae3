"""Reports as test cases: what a report comes to, and the smallest one that shows a finding."""

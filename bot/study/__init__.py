"""What a study group is: values and rules, and beside each the small port it needs."""

"""The search box on every page of the desk: what was typed (`terms`), what each app finds (`groups`)."""

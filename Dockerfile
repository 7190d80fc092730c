# Airflow with the product in it: scheduler, triggerer, dag-processor, api-server and the set-up services all run this
# one image.
FROM apache/airflow:3.3.2-python3.12

USER root
# Made here, so that a new named volume mounted over one of them belongs to Airflow's user from the start.
RUN mkdir -p /var/lib/veille /run/veille/keys \
    && chown -R airflow:0 /var/lib/veille /run/veille \
    && chmod 0750 /run/veille/keys

USER airflow
WORKDIR /opt/veille
COPY --chown=airflow:0 constraints.txt pyproject.toml README.md LICENSE NOTICE ./
COPY --chown=airflow:0 pipeline ./pipeline
COPY --chown=airflow:0 schemas ./schemas

# What Apache's image brings stays as Apache tested it (their constraints and ours differ, and its user interface needs
# theirs); everything else is pinned by constraints.txt. pip refuses to build when the two do not fit together.
RUN pip freeze --exclude-editable | grep == > /tmp/brought.txt \
    && cut -d= -f1 /tmp/brought.txt | sed 's/[_.]/-/g' | tr '[:upper:]' '[:lower:]' > /tmp/names.txt \
    && awk -F'==' 'NR == FNR { brought[$1]; next } !($1 in brought)' /tmp/names.txt constraints.txt > /tmp/ours.txt \
    && pip install --no-cache-dir -c /tmp/brought.txt -c /tmp/ours.txt "apache-airflow==${AIRFLOW_VERSION}" . \
    && pip check \
    && rm /tmp/brought.txt /tmp/names.txt /tmp/ours.txt

COPY --chown=airflow:0 dags ${AIRFLOW_HOME}/dags

# onnxruntime tells its maker of its sessions unless this is set; the product sets it as well.
ENV ORT_DISABLE_TELEMETRY=1
# The image that builds is the image that works: the command answers, the models load, the DAGs are found.
RUN veille --help > /dev/null \
    && python -c "import pipeline.flow, pipeline.extract.worker, pipeline.tag.worker" \
    && python -c "import pipeline.trigger"
WORKDIR ${AIRFLOW_HOME}
